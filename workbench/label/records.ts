import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type Answered, answeredIn, type Columns, correctionIn } from './captured';

/** Where the records of a project in an environment are. */
export interface RecordsPlace {
  readonly bucket: string;
  readonly endpoint: string;
}

/** What callers were answered and what was corrected since. */
export interface Records {
  /** Newest first. */
  readonly answers: readonly Answered[];
  /** By inference id, every value that was ever given by target, the last one last. */
  readonly corrections: ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;
  /** Captured lines that hold no answered row of this project. */
  readonly unreadable: number;
  /** True where older answers were left unread, because there were so many. */
  readonly cut: boolean;
}

/** More answers than these are not read: a hundred to label are among them, and memory is finite. */
const MOST_ANSWERS = 50_000;

/** Objects that are fetched at once. */
const AT_ONCE = 16;

/**
 * Reads the answers of the last days, newest day first, and all corrections since.
 *
 * SageMaker writes `capture/<endpoint>/<variant>/<yyyy/mm/dd/hh>/…jsonl`, the feedback function
 * `feedback/<yyyy/mm/dd/hh>/<id>_<hour>.jsonl`; both in UTC.
 *
 * @param most answers after which no older day is read
 */
export async function readRecords(
  s3: S3Client,
  { bucket, endpoint }: RecordsPlace,
  columns: Columns,
  { days, now, most = MOST_ANSWERS }: { readonly days: number; readonly now: Date; readonly most?: number },
): Promise<Records> {
  const answers: Answered[] = [];
  const corrections = new Map<string, Record<string, string[]>>();
  let unreadable = 0;
  let cut = false;
  const dates = lastDays(now, days);
  for (const date of dates) {
    const files = await keysBelow(s3, bucket, `capture/${endpoint}/AllTraffic/${date}/`);
    for (const keys of chunks(files.reverse(), AT_ONCE)) {
      cut ||= answers.length >= most;
      if (cut) break;
      const lines = await Promise.all(keys.map((key) => linesOf(s3, bucket, key)));
      // A file is written from its oldest answer on.
      for (const line of lines.flatMap((each) => each.reverse())) {
        const found = answeredIn(line, columns);
        if (found) answers.push(...found);
        else unreadable += 1;
      }
    }
    if (cut) break;
  }
  // Oldest first: the later word counts, and stands last.
  for (const date of [...dates].reverse()) {
    for (const keys of chunks(await keysBelow(s3, bucket, `feedback/${date}/`), AT_ONCE)) {
      const lines = await Promise.all(keys.map((key) => linesOf(s3, bucket, key)));
      for (const line of lines.flat()) {
        const found = correctionIn(line, columns.targets);
        if (found) remember(corrections, found.id, found.values);
      }
    }
  }
  return { answers, corrections, unreadable, cut };
}

function remember(
  corrections: Map<string, Record<string, string[]>>,
  id: string,
  values: Readonly<Record<string, string>>,
): void {
  const known = corrections.get(id) ?? {};
  for (const [target, value] of Object.entries(values)) {
    const before = known[target] ?? [];
    known[target] = [...before.filter((each) => each !== value), value];
  }
  corrections.set(id, known);
}

/** `2026/11/21` and the days before it that the last `days` times 24 hours touch, newest first. */
export function lastDays(now: Date, days: number): string[] {
  return Array.from({ length: days + 1 }, (_, back) =>
    new Date(now.getTime() - back * 24 * 3600 * 1000).toISOString().slice(0, 10).replaceAll('-', '/'),
  );
}

/** Keys in the order of time, since they are made of times. */
async function keysBelow(client: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    keys.push(...Contents.flatMap(({ Key }) => (Key?.endsWith('.jsonl') ? [Key] : [])));
  }
  return keys.sort();
}

async function linesOf(s3: S3Client, Bucket: string, Key: string): Promise<string[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line.trim() !== '');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, number) =>
    items.slice(number * size, (number + 1) * size),
  );
}
