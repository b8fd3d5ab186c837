/**
 * `evaluation.json` as `evaluate.py` writes it, as far as people are told of it. What is optional is missing from
 * evaluations that older versions wrote.
 */
export interface Evaluation {
  readonly gate: {
    readonly passed: boolean;
    readonly sentence: string;
    readonly terms?: readonly GateTerm[];
  };
  /** Rows held out that decided. */
  readonly rows: number;
  readonly learner?: string;
  /** The classes the model knows, by target. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** By target. */
  readonly metrics: Readonly<Record<string, TargetMetrics>>;
  readonly champion?: { readonly compared: boolean; readonly reason: string };
  /** The comparison with the best of the cheaper learners on the same rows. */
  readonly cheaper?: CheaperComparison;
  /** What became of the champion's classes, by target. */
  readonly classes?: Readonly<Record<string, ClassEvents>>;
  readonly data?: { readonly warnings: readonly string[] };
}

/** One rule of the gate and what it said of a target, or of all together. */
interface GateTerm {
  readonly rule: 'macro_f1' | 'champion' | 'cheaper' | 'calibration_error';
  readonly target: string | null;
  readonly passed: boolean;
  readonly said: string;
}

/** Shares from 0 to 1, on the rows held out. */
interface TargetMetrics {
  readonly accuracy: number;
  readonly macro_f1: number;
  readonly calibration_error: number;
  /** The error that a perfectly calibrated model stays below 95 times in 100, on so many rows. */
  readonly calibration_bound?: number;
  /** Share of the rows it did not abstain on, and its accuracy on those: null where it always abstained. */
  readonly coverage?: number;
  readonly selective_accuracy?: number | null;
  /** The least confidence that was enough: 0 where it never abstains. */
  readonly threshold?: number;
}

/** The model against the cheaper learner. */
interface CheaperComparison {
  /** Null for the cheapest learner. */
  readonly learner: string | null;
  readonly compared: boolean;
  /** Why it was not compared. */
  readonly reason: string;
  readonly targets: Readonly<
    Record<
      string,
      {
        /** Macro F1 of the model minus that of the cheaper, and its 95 % interval. */
        readonly difference: number;
        readonly interval: readonly [number, number];
        /** Rows that only one of them got right. */
        readonly only_this: number;
        readonly only_cheaper: number;
        readonly mcnemar_p: number;
        /** The difference that so many rows tell from chance eight times in ten. */
        readonly detectable: number;
      }
    >
  >;
}

/** What became of a target's classes since the champion learned them. */
export interface ClassEvents {
  readonly new: readonly string[];
  readonly removed: readonly string[];
  /** Old name to new name. */
  readonly renamed: Readonly<Record<string, string>>;
  /** New name to the old ones that are in it now. */
  readonly merged: Readonly<Record<string, readonly string[]>>;
  /** Rows of each class that has few. */
  readonly rare: Readonly<Record<string, number>>;
}

/** Key of an execution's evaluation in the artifacts bucket. */
export const evaluationKey = (executionId: string): string =>
  `runs/${executionId}/evaluation/evaluation.json`;

/**
 * What an evaluation found as lines of plain text, for mails and terminals: a target a line with its figures below each
 * other, then the comparison with the cheaper learner, what became of classes, and what was odd about the data.
 *
 * @returns nothing for an evaluation without metrics; a target without figures is left out, since the file is a project's
 */
export function metricsLines(evaluation: Evaluation): string[] {
  const { rows, metrics, cheaper, classes, data } = evaluation;
  const targets = Object.entries(metrics ?? {}).filter(([, { macro_f1 }]) => typeof macro_f1 === 'number');
  if (targets.length === 0) return [];
  const name = Math.max(...targets.map(([target]) => target.length));
  return [
    `On ${rows} rows held out:`,
    ...targets.map(
      ([target, found]) =>
        `  ${target.padEnd(name)}  accuracy ${found.accuracy.toFixed(4)}  macro F1 ${found.macro_f1.toFixed(4)}  calibration error ${found.calibration_error.toFixed(3)}${abstains(found)}`,
    ),
    ...cheaperLines(cheaper, name),
    ...list('Classes:', Object.entries(classes ?? {}).flatMap(classLines)),
    ...list('The data:', data?.warnings ?? []),
  ];
}

function abstains({ coverage, selective_accuracy: accuracy }: TargetMetrics): string {
  if (coverage === undefined || coverage === 1) return '';
  const right = typeof accuracy === 'number' ? `, ${percent(accuracy)} of them right` : '';
  return `  answers ${percent(coverage)}${right}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function cheaperLines(cheaper: CheaperComparison | undefined, name: number): string[] {
  const targets = Object.entries(cheaper?.targets ?? {});
  if (!cheaper?.learner || targets.length === 0) return [];
  return [
    `Macro F1 against ${cheaper.learner}, which is cheaper, on the same rows:`,
    ...targets.map(
      ([target, { difference, interval, only_this, only_cheaper, detectable }]) =>
        `  ${target.padEnd(name)}  ${signed(difference)} [${interval.map(signed).join(', ')}]  right alone ${only_this} to ${only_cheaper}  found from ${detectable.toFixed(3)}`,
    ),
  ];
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;

function classLines([target, events]: [string, ClassEvents]): string[] {
  const line = (what: string, names: readonly string[]) =>
    names.length > 0 ? [`${target}: ${what} ${some(names)}`] : [];
  return [
    ...line('new', events.new ?? []),
    ...line('removed', events.removed ?? []),
    ...Object.entries(events.renamed ?? {}).map(([old, now]) => `${target}: ${old} is now ${now}`),
    ...Object.entries(events.merged ?? {}).map(([now, olds]) => `${target}: ${some(olds)} are now ${now}`),
    ...line(
      'rare',
      Object.entries(events.rare ?? {}).map(([label, rows]) => `${label} (${rows} rows)`),
    ),
  ];
}

/** More than these nobody reads in a mail; the report has them all. */
const LISTED = 10;

const some = (names: readonly string[]): string =>
  names.length > LISTED
    ? `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`
    : names.join(', ');

function list(headline: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > LISTED ? [`  and ${lines.length - LISTED} more, see the report`] : [];
  return [headline, ...lines.slice(0, LISTED).map((line) => `  ${line}`), ...more];
}
