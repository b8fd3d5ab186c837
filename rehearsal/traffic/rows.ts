/** A labelled row, as preprocessing wrote it to the held-out rows. */
export type Row = Readonly<Record<string, string>>;

/** A repeatable source of numbers in [0, 1): mulberry32, good enough to draw rows. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Traffic like the data the model was trained on: held-out rows, drawn with replacement. */
export function normalTraffic(rows: readonly Row[], count: number, random: () => number): Row[] {
  return Array.from({ length: count }, () => draw(rows, random));
}

/** Share of shifted rows that are about one class, and share of longer words with a typing error. */
const CAMPAIGN_SHARE = 0.5;
const TYPO_SHARE = 0.3;

/**
 * Traffic that has drifted: a campaign brings one class far more often, and its writers mistype.
 *
 * The labels stay true, so that what the callers correct can teach the next model.
 */
export function shiftedTraffic(
  rows: readonly Row[],
  columns: {
    readonly fields: readonly string[];
    readonly targets: readonly string[];
  },
  count: number,
  random: () => number,
): Row[] {
  const [target = ''] = columns.targets;
  const rarest = leastFrequent(rows.map((row) => row[target] ?? ''));
  const campaign = rows.filter((row) => row[target] === rarest);
  return Array.from({ length: count }, () => {
    const row = draw(random() < CAMPAIGN_SHARE ? campaign : rows, random);
    const fields = columns.fields.map((field) => [field, mistype(row[field] ?? '', random)]);
    return { ...row, ...Object.fromEntries(fields) };
  });
}

function draw<T>(rows: readonly T[], random: () => number): T {
  const row = rows[Math.floor(random() * rows.length)];
  if (row === undefined) throw new Error('there are no held-out rows to make traffic from');
  return row;
}

function leastFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? '';
}

/** Swaps two letters of some words longer than three; a writer does not mistype the tags of HTML. */
function mistype(text: string, random: () => number): string {
  return text.replace(/<[^<>]*>|\p{L}{4,}/gu, (word) => {
    if (word.startsWith('<') || random() >= TYPO_SHARE) return word;
    const at = 1 + Math.floor(random() * (word.length - 2));
    return word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2);
  });
}
