import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DataFile } from '../../operations/delivery/staging/data-files';
import type { Evaluation } from '../../pipelines/evaluation';
import { measureSpeed, type Speed } from '../measure/speed';
import { playStep } from '../train/step';
import { answers, type Champion, fitModel, judge, readRows, type Training } from '../train/train';
import type { Differences } from './differences';

/** One side of a comparison. */
export interface Side {
  /** As a person calls it: `working tree`, `HEAD~1 1a2b3c4`. */
  readonly name: string;
  readonly training: Training;
}

/** Two models on the same rows. */
export interface Comparison {
  readonly project: string;
  readonly this: {
    readonly name: string;
    readonly learner: string;
    readonly speed: Speed;
    readonly seconds: number;
  };
  readonly against: Comparison['this'];
  readonly differences: Differences;
  /** What the gate says of this one, with the other as the champion. */
  readonly evaluation: Evaluation;
  /** The report of this one, as a page. */
  readonly report: string;
}

/** Rows that flipped that are shown. */
const FLIPS = 20;

/**
 * Trains both on the same rows, lets both answer the same held-out rows with their own code, and compares.
 *
 * The rows are read and split by the code of `one`; each side cleans and learns with its own.
 *
 * @param data files of rows
 * @throws StepFailed
 */
export async function compare(one: Side, other: Side, data: readonly DataFile[]): Promise<Comparison> {
  for (const { training } of [one, other]) training.run.writeCode(training.bundle);
  const rows = await readRows(one.training, data);
  const against: Champion = {
    model: await fitModel(other.training, rows),
    python: other.training.learner.serve,
  };
  const model = await fitModel(one.training, rows);
  const mine: Champion = { model, python: one.training.learner.serve };
  const predictions = await answers(one.training, 'answers', rows, mine);
  const { evaluation, report } = await judge(one.training, rows, model, against);
  const theirs = join(one.training.run.base('score'), 'processing', 'output', 'predictions');
  return {
    project: one.training.settings.project,
    this: await about(one, mine, rows.test),
    against: await about(other, against, rows.test),
    differences: await differ(one.training, { test: rows.test, this: predictions, against: theirs }),
    evaluation,
    report,
  };
}

async function about({ name, training }: Side, model: Champion, test: string): Promise<Comparison['this']> {
  training.say('measure', `${name}: rows a second and milliseconds a row, one thread`);
  const speed = await measureSpeed(model, test, training.run.base('measure'), training.belongings);
  return { name, learner: training.settings.learner, speed, seconds: training.seconds.train ?? 0 };
}

async function differ(
  { run, settings, learner, belongings, say }: Training,
  folders: Readonly<Record<'test' | 'this' | 'against', string>>,
): Promise<Differences> {
  const base = run.base('differences');
  mkdirSync(base, { recursive: true });
  const [request, result] = [join(base, 'request.json'), join(base, 'differences.json')];
  const { targets, fields, seed } = settings;
  writeFileSync(request, JSON.stringify({ ...folders, targets, fields, seed, flips: FLIPS }));
  await playStep(
    {
      name: 'differences',
      python: learner.serve,
      script: resolve(__dirname, 'differences.py'),
      args: [request, result],
      base,
      environment: { PYTHONPATH: run.code },
    },
    belongings,
    (line) => say('differences', line),
  );
  return JSON.parse(readFileSync(result, 'utf8'));
}
