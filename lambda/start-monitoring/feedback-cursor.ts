import { createHash } from 'node:crypto';
import type { MonitorRecord } from './monitor-record';
import type { StoredObject } from './stored-objects';

/**
 * How long an object may take to appear in a listing after the time it bears: clocks differ, and S3 tells the time
 * in whole seconds.
 */
const SETTLE_MS = 10_000;

/** How far feedback was taken. */
export type FeedbackCursor = Pick<MonitorRecord, 'feedbackThrough' | 'feedbackRecent'>;

/**
 * Keys cannot say what is new: within its hour a key sorts by inference id, and a corrected correction of the same
 * hour has the same key. The time of storing can, but for objects of the last seconds, which are told apart by a
 * mark each. So nothing is lost and nothing taken twice.
 *
 * @returns what was not taken yet, in the order in which it was stored
 */
export function newFeedback(objects: readonly StoredObject[], cursor: FeedbackCursor): StoredObject[] {
  const taken = new Set(cursor.feedbackRecent);
  const from = settledBefore(cursor.feedbackThrough);
  return objects
    .filter((object) => object.stored >= from && !taken.has(mark(object)))
    .sort((a, b) => compare(a.stored, b.stored) || compare(a.key, b.key));
}

/** The cursor once `taken` (as `newFeedback` gave it, or its beginning) has been looked at. */
export function advanced(
  cursor: FeedbackCursor,
  taken: readonly StoredObject[],
  listed: readonly StoredObject[],
): FeedbackCursor {
  const { feedbackThrough: before, feedbackRecent = [] } = cursor;
  const last = taken.at(-1);
  if (last === undefined) return { feedbackThrough: before, feedbackRecent };
  // A late object may be older than what was taken before it: the cursor never goes back.
  const isLate = before !== undefined && before > last.stored;
  const through = isLate ? before : last.stored;
  const known = new Set([...feedbackRecent, ...taken.map(mark)]);
  const from = settledBefore(through);
  const recent = listed.filter((object) => object.stored >= from && known.has(mark(object)));
  return { feedbackThrough: through, feedbackRecent: recent.map(mark) };
}

/** Where a listing may start: no object of the cursor's last seconds is in an earlier hour's folder. */
export function listFeedbackAfter({ feedbackThrough }: FeedbackCursor): string | undefined {
  if (feedbackThrough === undefined) return undefined;
  const [year, month, day, hour] = settledBefore(feedbackThrough, 60_000).split(/[-T:]/);
  return `feedback/${year}/${month}/${day}/${hour}`;
}

function settledBefore(time: string | undefined, milliseconds = SETTLE_MS): string {
  return time === undefined ? '' : new Date(Date.parse(time) - milliseconds).toISOString();
}

/** Twelve digits stand for an object at a time; they keep a busy minute's marks small enough for one item. */
function mark({ key, stored }: StoredObject): string {
  return createHash('sha256').update(`${key} ${stored}`).digest('hex').slice(0, 12);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
