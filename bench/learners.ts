import type { DataFile } from '../operations/delivery/staging/data-files';
import { probability } from '../workbench/compare/lines';
import type { Speed } from '../workbench/measure/speed';
import { measureSpeed } from '../workbench/measure/speed';
import { type Champion, fitModel, judge, type Rows, readRows, type Training } from '../workbench/train/train';

type Interval = readonly [number, number];

/** What one learner reaches on a target's held-out rows, and what it costs. */
export interface LearnerLine {
  readonly learner: string;
  readonly target: string;
  readonly rows: number;
  readonly accuracy: number;
  readonly accuracy_interval: Interval;
  readonly macro_f1: number;
  readonly macro_f1_interval: Interval;
  readonly calibration_error: number;
  /** Seconds on the clock, all of train.py. */
  readonly fit_seconds: number;
  readonly speed: Speed;
  /** Macro F1 minus that of the learner before it, on the same rows; none for the first. */
  readonly gain?: { readonly difference: number; readonly interval: Interval; readonly mcnemar_p: number };
}

/** One learner, ready to be trained. */
export interface Contestant {
  readonly learner: string;
  readonly training: Training;
}

interface Measures
  extends Omit<LearnerLine, 'learner' | 'target' | 'rows' | 'fit_seconds' | 'speed' | 'gain'> {}

/**
 * Trains each learner on the same rows and measures it on the same held-out rows, the cheapest first.
 *
 * @param data files of rows
 */
export async function benchLearners(
  contestants: readonly Contestant[],
  data: readonly DataFile[],
  say: (what: string) => void,
): Promise<LearnerLine[]> {
  const lines: LearnerLine[] = [];
  let rows: Rows | undefined;
  let before: Champion | undefined;
  for (const { learner, training } of contestants) {
    training.run.writeCode(training.bundle);
    // Read once: every learner learns from the same rows, and answers the same.
    rows ??= await readRows(training, data);
    say(`${learner}: training`);
    const model = await fitModel(training, rows);
    const { evaluation } = await judge(training, rows, model, before);
    const champion = { model, python: training.learner.serve };
    say(`${learner}: answering`);
    const speed = await measureSpeed(champion, rows.test, training.run.base('measure'), training.belongings);
    // The file has more than people are told of; what is read here is what evaluate.py wrote.
    const full = evaluation as unknown as {
      metrics: Record<string, Measures>;
      champion: { targets?: Record<string, NonNullable<LearnerLine['gain']>> };
    };
    for (const [target, measured] of Object.entries(full.metrics)) {
      const gain = full.champion.targets?.[target];
      lines.push({
        learner,
        target,
        rows: evaluation.rows,
        accuracy: measured.accuracy,
        accuracy_interval: measured.accuracy_interval,
        macro_f1: measured.macro_f1,
        macro_f1_interval: measured.macro_f1_interval,
        calibration_error: measured.calibration_error,
        fit_seconds: training.seconds.train ?? 0,
        speed,
        ...(gain && { gain }),
      });
    }
    before = champion;
  }
  return lines;
}

/** The lines as a table, its header first. */
export function learnerTable(lines: readonly LearnerLine[]): string[][] {
  const share = (value: number) => value.toFixed(4);
  const between = ([low, high]: Interval) => `[${share(low)}, ${share(high)}]`;
  const signed = (value: number) => `${value < 0 ? '' : '+'}${share(value)}`;
  return [
    [
      'learner',
      'target',
      'accuracy',
      'macro F1',
      'calib. error',
      'fit s',
      'MB',
      'rows/s',
      'p50 ms',
      'against the one before',
    ],
    ...lines.map((line) => [
      line.learner,
      line.target,
      `${share(line.accuracy)} ${between(line.accuracy_interval)}`,
      `${share(line.macro_f1)} ${between(line.macro_f1_interval)}`,
      line.calibration_error.toFixed(3),
      line.fit_seconds.toFixed(1),
      line.speed.megabytes.toFixed(1),
      line.speed.rows_per_second.toFixed(0),
      line.speed.p50_ms.toFixed(2),
      line.gain
        ? `${signed(line.gain.difference)} [${line.gain.interval.map(signed).join(', ')}] p ${probability(line.gain.mcnemar_p)}`
        : '',
    ]),
  ];
}
