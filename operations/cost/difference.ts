import type { Estimate, Line, Part } from './estimate';

/** What a change does to the cost of one project in one environment, or of what is shared there; US dollars. */
interface PartDifference {
  readonly environment: string;
  readonly project: string | undefined;
  /** A month; 0 where it was not there before. */
  readonly before: number;
  /** A month; 0 where it is gone. */
  readonly after: number;
  readonly trainingBefore: number;
  readonly trainingAfter: number;
}

/** Something that costs more or less than before; US dollars each time, or a month. */
interface LineDifference extends Pick<Line, 'environment' | 'project' | 'when' | 'what'> {
  readonly before: number;
  readonly after: number;
}

export interface CostDifference {
  /** A month, all environments. */
  readonly before: number;
  readonly after: number;
  readonly parts: readonly PartDifference[];
  /** What changed, the largest change first. */
  readonly lines: readonly LineDifference[];
  /** What is in only one of the two and has no price there: it is missing in that sum. */
  readonly notPriced: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** What a reader of the sums must know of what is missing in them. */
export function notPricedSentences({ notPriced }: CostDifference): string[] {
  return [
    ...notPriced.before.map((what) => `not in the sum before: ${what} had no price`),
    ...notPriced.after.map((what) => `not in the sum after: ${what} has no price`),
  ];
}

/** Less than this is noise of adding, in US dollars. */
const CENT_FRACTION = 0.0001;

/** What changed between two estimates. */
export function costDifference(before: Estimate, after: Estimate): CostDifference {
  const parts = pairs(before.parts, after.parts, ({ environment, project }) => `${environment} ${project}`);
  const changed = pairs(summed(before.lines), summed(after.lines), keyOf)
    .map(([was, is]): LineDifference => {
      const { environment, project, when, what } = (is ?? was) as Line;
      return { environment, project, when, what, before: was?.usd ?? 0, after: is?.usd ?? 0 };
    })
    .filter((line) => Math.abs(line.after - line.before) > CENT_FRACTION)
    .sort((one, other) => Math.abs(other.after - other.before) - Math.abs(one.after - one.before));
  return {
    before: total(before.parts),
    after: total(after.parts),
    parts: parts.map(([was, is]) => {
      const { environment, project } = (is ?? was) as Part;
      return {
        environment,
        project,
        before: was?.month ?? 0,
        after: is?.month ?? 0,
        trainingBefore: was?.training ?? 0,
        trainingAfter: is?.training ?? 0,
      };
    }),
    lines: changed,
    notPriced: {
      before: before.notPriced.filter((what) => !after.notPriced.includes(what)),
      after: after.notPriced.filter((what) => !before.notPriced.includes(what)),
    },
  };
}

const total = (parts: readonly Part[]): number => parts.reduce((sum, { month }) => sum + month, 0);

const keyOf = ({ environment, project, when, what }: Line): string =>
  `${environment} ${project} ${when} ${what}`;

/** One line for all that costs the same way: twelve alarms are one thing. */
export function summed(lines: readonly Line[]): Line[] {
  const sums = new Map<string, Line>();
  for (const line of lines) {
    const { usd = 0 } = sums.get(keyOf(line)) ?? {};
    sums.set(keyOf(line), { ...line, usd: usd + line.usd });
  }
  return [...sums.values()];
}

/** What has the same key on both sides, in the order of the later side; what is gone comes last. */
function pairs<T>(before: readonly T[], after: readonly T[], key: (each: T) => string) {
  const was = new Map(before.map((each) => [key(each), each]));
  const is = new Set(after.map(key));
  return [
    ...after.map((each): [T | undefined, T | undefined] => [was.get(key(each)), each]),
    ...before
      .filter((each) => !is.has(key(each)))
      .map((each): [T | undefined, T | undefined] => [each, undefined]),
  ];
}
