import type { S3Client } from '@aws-sdk/client-s3';
import { advanced, type FeedbackCursor, listFeedbackAfter, newFeedback } from './feedback-cursor';
import type { MonitorRecord } from './monitor-record';
import { type StoredObject, storedObjects } from './stored-objects';

/** Files one job looks at; a window takes 500 records, and a file holds at least one. */
const MAX_CAPTURES = 2_000;
const MAX_FEEDBACK = 2_000;
/** Files in which answers of earlier hours are looked for. The first answer's hours are taken whole in any case. */
const MAX_CONTEXT = 10_000;

/** What a job is to look at; all are keys of the records bucket. */
export interface NewRecords {
  /** To be judged, oldest first. */
  readonly capture: readonly string[];
  /** New corrections. */
  readonly feedback: readonly string[];
  /** Where the corrected answers were captured, without those in `capture`: to be joined, not judged. */
  readonly context: readonly string[];
  /** The cursor once `feedback` has been looked at. */
  readonly cursor: FeedbackCursor;
}

/**
 * Lists what came since the last job, bounded, oldest first; the rest waits for the next run.
 *
 * A captured file that appears late under a name before `captureThrough` (several instances write side by side) is
 * not judged any more: drift is a matter of thousands of records. It is still joined with its correction.
 */
export async function newRecords(
  s3: S3Client,
  bucket: string,
  capturePrefix: string,
  monitor: Omit<MonitorRecord, 'pk'>,
): Promise<NewRecords> {
  const [captured, feedback] = await Promise.all([
    storedObjects(s3, bucket, { prefix: capturePrefix, after: monitor.captureThrough, limit: MAX_CAPTURES }),
    storedObjects(s3, bucket, { prefix: 'feedback/', after: listFeedbackAfter(monitor) }),
  ]);
  const capture = captured.map(({ key }) => key);
  const { taken, context } = await joinable(newFeedback(feedback, monitor).slice(0, MAX_FEEDBACK));
  const judged = new Set(capture);
  return {
    capture,
    feedback: taken.map(({ key }) => key),
    context: context.filter((key) => !judged.has(key)),
    cursor: advanced(monitor, taken, feedback),
  };

  /** As much of the feedback as leads to files enough for one job, and those files. */
  async function joinable(wanted: readonly StoredObject[]) {
    const hours = new Set<string>();
    const taken: StoredObject[] = [];
    const context: string[] = [];
    for (const correction of wanted) {
      const added: string[] = [];
      for (const hour of capturedHours(correction.key)) {
        if (hours.has(hour)) continue;
        const files = await storedObjects(s3, bucket, { prefix: `${capturePrefix}${hour}/` });
        hours.add(hour);
        added.push(...files.map(({ key }) => key));
      }
      if (taken.length > 0 && context.length + added.length > MAX_CONTEXT) break;
      context.push(...added);
      taken.push(correction);
    }
    return { taken, context };
  }
}

/**
 * The hours, `yyyy/mm/dd/hh`, in which the answer of a feedback object may have been captured. Its name ends with
 * the hour in which the request came; an answer at the turn of the hour is captured in the next.
 */
export function capturedHours(feedbackKey: string): string[] {
  const [, year, month, day, hour] = /_(\d{4})(\d{2})(\d{2})(\d{2})\.jsonl$/.exec(feedbackKey) ?? [];
  if (year === undefined) return [];
  const asked = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour));
  return [asked, asked + 3_600_000].map((time) =>
    new Date(time).toISOString().slice(0, 13).replace(/[-T]/g, '/'),
  );
}
