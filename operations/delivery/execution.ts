import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  type PipelineExecutionStep,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { type Delivery, Failed } from './delivery';
import { took } from './took';

/** Steps of an execution by name. */
export type Steps = ReadonlyMap<string, PipelineExecutionStep>;

/** Something is said at least this often, in milliseconds, so that a silent log is a stuck one. */
const SAY_EVERY_MS = 10 * 60_000;

/**
 * Follows a training to its end.
 *
 * @param hours after how many nobody waits any longer; the training itself goes on
 * @throws Failed with the reason of the step that failed: a refusal by the gate is one
 */
export async function followExecution(
  { pollMs, say }: Pick<Delivery, 'pollMs' | 'say'>,
  sagemaker: Pick<SageMakerClient, 'send'>,
  execution: string,
  hours: number,
): Promise<Steps> {
  const began = Date.now();
  let said = { what: '', at: 0 };
  for (;;) {
    const { PipelineExecutionStatus: status, FailureReason: reason } = await sagemaker.send(
      new DescribePipelineExecutionCommand({ PipelineExecutionArn: execution }),
    );
    // After the status: what it says of the end is then true of the steps.
    const steps = await stepsOf(sagemaker, execution);
    if (status === 'Succeeded') return steps;
    if (status === 'Failed' || status === 'Stopped')
      throw new Failed(failureOf(execution, status, reason, steps));
    const what = [...steps.values()]
      .filter(({ StepStatus }) => StepStatus === 'Executing' || StepStatus === 'Starting')
      .map(({ StepName }) => StepName)
      .join(', ');
    const now = Date.now();
    if ((what && what !== said.what) || now - said.at > SAY_EVERY_MS) {
      say(`${what || 'between two steps'} (${took(now - began)})`);
      said = { what, at: now };
    }
    if (now - began > hours * 3_600_000) {
      throw new Failed(
        `${execution} has not ended in ${hours} hours and is not waited for any longer; it goes on: npm run status says how it ends`,
      );
    }
    await wait(pollMs);
  }
}

function failureOf(execution: string, status: string, reason: string | undefined, steps: Steps): string {
  const failed = [...steps.values()].find(({ StepStatus }) => StepStatus === 'Failed');
  const why = failed?.FailureReason ?? reason ?? 'no reason given';
  return failed
    ? `${why} (step ${failed.StepName} of ${execution})`
    : `${execution} is ${status.toLowerCase()}: ${why}`;
}

async function stepsOf(sagemaker: Pick<SageMakerClient, 'send'>, execution: string): Promise<Steps> {
  const { PipelineExecutionSteps = [] } = await sagemaker.send(
    new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: execution, SortOrder: 'Ascending' }),
  );
  return new Map(PipelineExecutionSteps.map((step) => [step.StepName ?? '', step]));
}
