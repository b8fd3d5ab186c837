import type { Comparison } from './compare';
import type { ChangedClass, Differences, Measured } from './differences';

/** Header of the table: what, both sides, their difference. */
export const HEADER = ['', '', 'this', 'against', 'difference'];

const share = (value: number): string => value.toFixed(4);
const signed = (value: number, digits = 4): string => `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
/** A probability as people quote it; what is smaller than the last digit is no zero. */
export const probability = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toPrecision(2));
const between = ([low, high]: readonly [number, number]): string => `[${share(low)}, ${share(high)}]`;

/** Metrics with intervals, a target after the other. */
export function metricRows({ targets }: Differences): string[][] {
  return Object.entries(targets).flatMap(([target, { this: one, against, paired }]) => [
    [
      target,
      'macro F1',
      `${share(one.macro_f1)} ${between(one.macro_f1_interval)}`,
      `${share(against.macro_f1)} ${between(against.macro_f1_interval)}`,
      `${signed(paired.difference)} [${signed(paired.interval[0])}, ${signed(paired.interval[1])}]`,
    ],
    [
      '',
      'accuracy',
      `${share(one.accuracy)} ${between(one.accuracy_interval)}`,
      `${share(against.accuracy)} ${between(against.accuracy_interval)}`,
      `only this right ${paired.only_this}, only the other ${paired.only_against}`,
    ],
    plain('calibration error', one.calibration_error, against.calibration_error),
    ['', 'abstained', abstained(one), abstained(against), ''],
  ]);
}

const plain = (what: string, one: number, against: number): string[] => [
  '',
  what,
  share(one),
  share(against),
  signed(one - against),
];

const abstained = ({ coverage, selective_accuracy }: Measured): string =>
  selective_accuracy === null
    ? 'all'
    : `${((1 - coverage) * 100).toFixed(1)} %, the rest right ${share(selective_accuracy)}`;

/** Size and speed of both models. */
export function sizeRows({ this: one, against }: Comparison): string[][] {
  const row = (what: string, unit: string, mine: number, theirs: number, digits: number): string[] => [
    '',
    what,
    `${mine.toFixed(digits)} ${unit}`,
    `${theirs.toFixed(digits)} ${unit}`,
    theirs > 0 ? `${(mine / theirs).toFixed(2)} ×` : '',
  ];
  const [first = [], ...rest] = [
    row('size', 'MB', one.speed.megabytes, against.speed.megabytes, 1),
    row('a row, median', 'ms', one.speed.p50_ms, against.speed.p50_ms, 2),
    row('in batches', 'rows/s', one.speed.rows_per_second, against.speed.rows_per_second, 0),
    row('training', 's', one.seconds, against.seconds, 1),
  ];
  return [['model', ...first.slice(1)], ...rest];
}

/** What the paired test says of each target, in a sentence. */
export function verdictOf({ targets }: Differences): string[] {
  return Object.entries(targets).map(([target, { paired }]) => {
    const [low, high] = paired.interval;
    if (low > 0) return `${target}: this is better (McNemar p ${probability(paired.mcnemar_p)})`;
    if (high < 0) return `${target}: this is worse (McNemar p ${probability(paired.mcnemar_p)})`;
    return `${target}: cannot be told apart; so many rows find a difference of ${paired.detectable.toFixed(4)} eight times in ten`;
  });
}

export interface ClassLine {
  readonly direction: 'better' | 'worse';
  readonly text: string;
}

/** Classes that got better or worse, those of all targets. */
export function classLines({ targets }: Differences): ClassLine[] {
  return Object.entries(targets).flatMap(([target, { classes }]) =>
    (['worse', 'better'] as const).flatMap((direction) =>
      classes[direction].map((changed) => ({ direction, text: `${target} ${classText(changed)}` })),
    ),
  );
}

const classText = ({ class: name, rows, gained, lost, p }: ChangedClass): string =>
  `${name}: ${gained} gained, ${lost} lost of ${rows} rows (p ${probability(p)})`;
