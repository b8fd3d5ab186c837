import {
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
  type PipelineExecutionStep,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { Stage } from '../stage';

/** Steps of an execution as far as it has come, by name. */
export type Steps = ReadonlyMap<string, PipelineExecutionStep>;

const POLL_MS = 120;
/** Minutes that a step may take on a laptop, where nothing else is said; a job's own limit counts in hours. */
const PATIENCE_MINUTES = 15;

/**
 * Follows an execution until a step has ended, or the execution itself when no step is named.
 *
 * While it waits it says which steps run, and what the training last wrote.
 *
 * @throws when a step fails, with the step's own reason; a refusal by the gate is one
 */
export async function follow(
  { aws: { sagemaker }, play, progress, jobLine }: Pick<Stage, 'aws' | 'play' | 'progress' | 'jobLine'>,
  execution: string,
  until: string | undefined,
): Promise<Steps> {
  const minutes = play.patienceMinutes ?? PATIENCE_MINUTES;
  const deadline = Date.now() + minutes * 60_000;
  for (;;) {
    if (Date.now() > deadline)
      throw new Error(`${execution} has not come to ${until ?? 'its end'} in ${minutes} minutes`);
    const [steps, status] = await Promise.all([
      stepsOf(sagemaker, execution),
      sagemaker.send(
        new DescribePipelineExecutionCommand({
          PipelineExecutionArn: execution,
        }),
      ),
    ]);
    // First: a step after the one that is waited for may have failed already, which is another phase's affair.
    if (until && steps.get(until)?.StepStatus === 'Succeeded') return steps;
    const failed = [...steps.values()].find((step) => step.StepStatus === 'Failed');
    if (failed)
      throw new Error(
        `step ${failed.StepName} failed: ${failed.FailureReason ?? 'no reason given'}${logOf(failed)}`,
      );
    if (status.PipelineExecutionStatus === 'Failed' || status.PipelineExecutionStatus === 'Stopped') {
      throw new Error(
        `the execution is ${status.PipelineExecutionStatus}: ${status.FailureReason ?? 'no reason given'}`,
      );
    }
    if (status.PipelineExecutionStatus === 'Succeeded') {
      // Listed again: a step may have ended between the two calls above.
      const final = await stepsOf(sagemaker, execution);
      if (until && !final.has(until)) throw new Error(`the execution ended without the step ${until}`);
      return final;
    }
    const running = [...steps.values()].filter((step) => step.StepStatus === 'Executing');
    if (running.length > 0) {
      const names = running.map((step) => step.StepName).join(', ');
      const told = running.flatMap(({ Metadata }) => jobLine(jobOf(Metadata?.TrainingJob?.Arn)) ?? []);
      progress.say([names, ...told].join(' · '));
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Where the job behind a step wrote to, below the folder of this run's logs; a Fail step has no job. */
function logOf({ Metadata }: PipelineExecutionStep): string {
  const job = jobOf(Metadata?.TrainingJob?.Arn ?? Metadata?.ProcessingJob?.Arn);
  return job ? `; log: sagemaker/${job}.log` : '';
}

const jobOf = (arn: string | undefined): string => arn?.split('/').at(-1) ?? '';

async function stepsOf(sagemaker: SageMakerClient, execution: string): Promise<Steps> {
  const { PipelineExecutionSteps = [] } = await sagemaker.send(
    new ListPipelineExecutionStepsCommand({
      PipelineExecutionArn: execution,
      SortOrder: 'Ascending',
    }),
  );
  return new Map(PipelineExecutionSteps.map((step) => [step.StepName ?? '', step]));
}

/** ARNs of a pipeline's executions, newest first. */
export async function executionsOf(sagemaker: SageMakerClient, pipeline: string): Promise<string[]> {
  const { PipelineExecutionSummaries = [] } = await sagemaker.send(
    new ListPipelineExecutionsCommand({
      PipelineName: pipeline,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
    }),
  );
  return PipelineExecutionSummaries.map((summary) => summary.PipelineExecutionArn ?? '');
}
