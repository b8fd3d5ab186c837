import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LearnerSettings } from '../../lib/config/settings';
import type { DataFile } from '../../operations/delivery/staging/data-files';
import type { CodeBundle } from '../../pipelines/code-bundle';
import type { Evaluation } from '../../pipelines/evaluation';
import type { Belongings } from '../../rehearsal/processes/belongings';
import { pack } from './pack';
import type { RunFolder } from './run-folder';
import { playStep, type Step } from './step';

/** The interpreters and the weights that a learner trains and answers with. */
export interface Learning {
  readonly train: string;
  readonly serve: string;
  /** Folder with the base model's files, for learners that start from one. */
  readonly weights?: string | undefined;
}

/** A trained model, and the interpreter it answers in. */
export interface Champion {
  readonly model: string;
  readonly python: string;
}

/** All that one training on this machine needs. */
export interface Training {
  readonly run: RunFolder;
  readonly bundle: CodeBundle;
  readonly settings: LearnerSettings;
  readonly learner: Learning;
  /** What the costlier learner must beat. @default - nothing is compared */
  readonly cheaper?: Learning | undefined;
  readonly belongings: Belongings;
  /** Told which step runs, and every line that it prints. */
  readonly say: (step: string, line: string) => void;
  /** Seconds by step; filled on the way. */
  readonly seconds: Record<string, number>;
}

/** Folders with rows.jsonl and report.json, as preprocessing wrote them. */
export interface Rows {
  readonly train: string;
  readonly test: string;
  readonly report: string;
}

/** What a training left. */
export interface Trained {
  readonly evaluation: Evaluation;
  /** Folder of the unpacked model. */
  readonly model: string;
  /** The report, as a page. */
  readonly report: string;
  /** Seconds by step. */
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * Plays the steps of the training pipeline on this machine, without an emulator: the same files, folders and gate.
 *
 *     preprocess → train, cheaper, score → evaluate
 *
 * @param data files of rows
 * @param champion is compared with, as the model in service would be
 * @throws StepFailed
 */
export async function train(
  training: Training,
  data: readonly DataFile[],
  champion?: Champion,
): Promise<Trained> {
  training.run.writeCode(training.bundle);
  const rows = await readRows(training, data);
  const model = await fitModel(training, rows);
  const judged = await judge(training, rows, model, champion);
  return { ...judged, model, seconds: training.seconds };
}

/** Checks and splits the data. */
export async function readRows(training: Training, data: readonly DataFile[]): Promise<Rows> {
  const { run, learner } = training;
  for (const { name, path } of data) run.give('preprocess', `processing/input/data/${name}`, path);
  await play(training, 'preprocess', learner.train);
  const output = (name: string) => join(run.base('preprocess'), 'processing', 'output', name);
  return { train: output('train'), test: output('test'), report: output('report') };
}

/** Trains. @returns the folder of the model */
export async function fitModel(training: Training, rows: Rows): Promise<string> {
  const { run, learner } = training;
  run.give('train', 'input/data/train', rows.train);
  if (learner.weights) run.give('train', 'input/data/weights', learner.weights);
  await play(training, 'train', learner.train);
  return join(run.base('train'), 'model');
}

/** Lets a model answer the test rows with its own code. @returns the folder of its predictions */
export async function answers(
  training: Training,
  step: string,
  rows: Rows,
  champion: Champion | undefined,
): Promise<string> {
  const { run, learner, belongings } = training;
  run.give(step, 'processing/input/test', rows.test);
  const model = await pack(champion?.model, join(run.path, 'packed', step), belongings);
  run.give(step, 'processing/input/model', model);
  await play(training, step, champion?.python ?? learner.serve, 'score.py');
  return join(run.base(step), 'processing', 'output', 'predictions');
}

/** Measures a model, compares it with the cheaper learner and the champion, and lets the gate decide. */
export async function judge(
  training: Training,
  rows: Rows,
  model: string,
  champion: Champion | undefined,
): Promise<Pick<Trained, 'evaluation' | 'report'>> {
  const { run, learner, cheaper, belongings } = training;
  const given: Record<string, string> = {
    model: await pack(model, join(run.path, 'packed', 'model'), belongings),
    test: rows.test,
    report: rows.report,
    champion: await answers(training, 'score', rows, champion),
  };
  if (cheaper) given.cheaper = await fitCheaper(training, rows, cheaper);
  for (const [name, folder] of Object.entries(given))
    run.give('evaluate', `processing/input/${name}`, folder);
  await play(training, 'evaluate', learner.serve);
  const output = join(run.base('evaluate'), 'processing', 'output', 'evaluation');
  const evaluation: Evaluation = JSON.parse(readFileSync(join(output, 'evaluation.json'), 'utf8'));
  return { evaluation, report: join(output, 'report.html') };
}

async function fitCheaper(training: Training, rows: Rows, cheaper: Learning): Promise<string> {
  const { run } = training;
  for (const side of ['train', 'test'] as const) run.give('cheaper', `processing/input/${side}`, rows[side]);
  if (cheaper.weights) run.give('cheaper', 'processing/input/weights', cheaper.weights);
  await play(training, 'cheaper', cheaper.train);
  return join(run.base('cheaper'), 'processing', 'output', 'cheaper');
}

async function play(
  { run, belongings, say, seconds }: Training,
  name: string,
  python: string,
  script = `${name}.py`,
): Promise<void> {
  say(name, 'started');
  const step: Step = { name, python, script: run.script(script), base: run.base(name) };
  seconds[name] = await playStep(step, belongings, (line) => say(name, line));
}
