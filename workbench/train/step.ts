import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Belongings } from '../../rehearsal/processes/belongings';
import { startChild } from '../../rehearsal/processes/child';
import { lastLines } from '../../rehearsal/processes/log';

/** One step of the pipeline, run as SageMaker would: a process, a base folder, an environment made from nothing. */
export interface Step {
  readonly name: string;
  /** Interpreter of the environment that the step runs in. */
  readonly python: string;
  /** Absolute path of the script. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Stands for /opt/ml. */
  readonly base: string;
  /** @default - none besides what every process needs */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A step ended badly. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';

  /** @param tail what its log ends with, for whoever has not seen it pass by */
  constructor(
    message: string,
    readonly tail = '',
  ) {
    super(message);
  }
}

const LINES = 12;

/**
 * Runs a step to its end.
 *
 * @param onLine sees what it prints
 * @returns seconds it took
 * @throws StepFailed
 */
export async function playStep(
  step: Step,
  belongings: Belongings,
  onLine: (line: string) => void,
): Promise<number> {
  mkdirSync(step.base, { recursive: true });
  const started = Date.now();
  const log = join(step.base, 'log.txt');
  const child = startChild({
    name: step.name,
    command: step.python,
    args: [step.script, ...(step.args ?? [])],
    env: {
      PATH: `${dirname(step.python)}:/usr/bin:/bin`,
      HOME: step.base,
      LANG: 'C.UTF-8',
      PYTHONUNBUFFERED: '1',
      // Weights are brought before; a library that would rather ask a hub is told not to.
      HF_HUB_OFFLINE: '1',
      SAGEMAKER_BASE_DIR: step.base,
      ...step.environment,
    },
    cwd: step.base,
    log,
    onLine,
  });
  belongings.add(step.name, () => child.stop());
  const { code } = await child.exited;
  if (code !== 0) {
    throw new StepFailed(`${step.name} failed (exit code ${code}); log: ${log}`, lastLines(log, LINES));
  }
  return (Date.now() - started) / 1000;
}
