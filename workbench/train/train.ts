import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LearnerSettings } from '../../lib/config/settings';
import type { CodeBundle } from '../../pipelines/code-bundle';
import type { Evaluation } from '../../pipelines/evaluation';
import type { Belongings } from '../../rehearsal/processes/belongings';
import { runCommand } from '../../rehearsal/processes/command';
import type { RunFolder } from './run-folder';
import { playStep, type Step, StepFailed } from './step';

/** The interpreter and the weights that a learner trains and answers with. */
export interface Learning {
  readonly train: string;
  readonly serve: string;
  /** Folder with the base model's files, for learners that start from one. */
  readonly weights?: string | undefined;
}

/** All that one training on this machine needs. */
export interface Training {
  readonly run: RunFolder;
  readonly bundle: CodeBundle;
  readonly settings: LearnerSettings;
  /** CSV files. */
  readonly data: readonly string[];
  readonly learner: Learning;
  /** What the costlier learner must beat. @default - nothing is compared */
  readonly cheaper?: Learning | undefined;
  /** A trained model, as a folder, and the interpreter it answers in. @default - there is no champion */
  readonly champion?: { readonly model: string; readonly python: string } | undefined;
  readonly belongings: Belongings;
  /** Told which step runs, and every line that it prints. */
  readonly say: (step: string, line: string) => void;
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
 *     preprocess → train ∥ cheaper ∥ score → evaluate
 *
 * @throws StepFailed
 */
export async function train(training: Training): Promise<Trained> {
  const { run, belongings, settings, learner, cheaper } = training;
  run.writeCode(training.bundle);
  const seconds: Record<string, number> = {};
  const play = async (step: Step) => {
    training.say(step.name, 'started');
    seconds[step.name] = await playStep(step, belongings, (line) => training.say(step.name, line));
  };

  for (const file of training.data) run.give('preprocess', `processing/input/data/${basename(file)}`, file);
  await play(stepOf(run, 'preprocess', learner.train));
  const rows = (side: 'train' | 'test') => join(run.base('preprocess'), 'processing', 'output', side);

  run.give('train', 'input/data/train', rows('train'));
  if (learner.weights) run.give('train', 'input/data/weights', learner.weights);
  const compared = cheaper !== undefined && Boolean(settings.cheaper);
  await play(stepOf(run, 'train', learner.train));
  const model = join(run.base('train'), 'model');
  const archive = await pack(model, join(run.path, 'packed'), belongings);

  if (compared) {
    for (const side of ['train', 'test'] as const)
      run.give('cheaper', `processing/input/${side}`, rows(side));
    if (cheaper.weights) run.give('cheaper', 'processing/input/weights', cheaper.weights);
    await play(stepOf(run, 'cheaper', cheaper.train));
  }
  await score(training, rows('test'), play);

  run.give('evaluate', 'processing/input/model', archive);
  run.give('evaluate', 'processing/input/test', rows('test'));
  run.give(
    'evaluate',
    'processing/input/report',
    join(run.base('preprocess'), 'processing', 'output', 'report'),
  );
  run.give('evaluate', 'processing/input/champion', join(run.base('score'), 'processing/output/predictions'));
  if (compared)
    run.give('evaluate', 'processing/input/cheaper', join(run.base('cheaper'), 'processing/output/cheaper'));
  await play(stepOf(run, 'evaluate', learner.serve));

  const evaluated = join(run.base('evaluate'), 'processing', 'output', 'evaluation');
  const evaluation: Evaluation = JSON.parse(readFileSync(join(evaluated, 'evaluation.json'), 'utf8'));
  return { evaluation, model, report: join(evaluated, 'report.html'), seconds };
}

const stepOf = (run: RunFolder, name: string, python: string): Step => ({
  name,
  python,
  script: run.script(`${name}.py`),
  base: run.base(name),
});

/** The champion answers the same test rows with its own code; without one, its place says so. */
async function score(
  { run, learner, champion, belongings }: Training,
  test: string,
  play: (step: Step) => Promise<void>,
): Promise<void> {
  run.give('score', 'processing/input/test', test);
  if (champion) {
    const archive = await pack(champion.model, join(run.path, 'champion'), belongings);
    run.give('score', 'processing/input/model', archive);
  } else {
    const none = join(run.path, 'champion');
    run.give('score', 'processing/input/model', none);
    writeMarker(none);
  }
  await play(stepOf(run, 'score', champion?.python ?? learner.serve));
}

function writeMarker(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'marker.json'), '{}\n');
}

/**
 * Packs a model as SageMaker does, but for the compression, which takes longer than some models take to train.
 *
 * @returns the folder that holds model.tar.gz
 */
export async function pack(model: string, into: string, belongings: Belongings): Promise<string> {
  mkdirSync(into, { recursive: true });
  const code = await runCommand(
    {
      name: 'tar',
      command: 'tar',
      args: ['-cf', join(into, 'model.tar.gz'), '-C', model, '.'],
      env: { PATH: '/usr/bin:/bin' },
      log: join(into, 'tar.log'),
    },
    belongings,
  );
  if (code !== 0)
    throw new StepFailed(`the model could not be packed (tar ended with ${code}); see ${into}/tar.log`);
  return into;
}
