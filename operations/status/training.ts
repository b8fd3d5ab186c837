import {
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
  type PipelineExecutionStep,
  type PipelineExecutionSummary,
} from '@aws-sdk/client-sagemaker';
import { REFUSED_STEP } from '../../lambda/start-training/contract';
import type { Clients } from './clients';
import { describeModel } from './models';

/** The last training. */
export interface Training {
  /** `executing`, `succeeded`, `failed`, `stopping` or `stopped`; `refused` where it failed at the gate. */
  readonly status: string;
  readonly reason: string;
  readonly started: Date | undefined;
  readonly execution: string;

  /** Step that is running or that failed, with its reason. */
  readonly step: string | undefined;
}

/** What the gate said last. */
export interface Gate {
  readonly verdict: 'passed' | 'refused';
  readonly sentence: string;
  /** Version that it let pass. */
  readonly version: number | undefined;
}

/** Executions looked at for a gate that said something: those after it may be running or have failed before theirs. */
const LOOKED_AT = 3;

export async function trainingOf(
  { sagemaker }: Clients,
  pipeline: string,
): Promise<{ readonly training?: Training; readonly gate?: Gate }> {
  const { PipelineExecutionSummaries = [] } = await sagemaker.send(
    new ListPipelineExecutionsCommand({
      PipelineName: pipeline,
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: LOOKED_AT,
    }),
  );
  let training: Training | undefined;
  for (const summary of PipelineExecutionSummaries) {
    const { PipelineExecutionSteps: steps = [] } = await sagemaker.send(
      new ListPipelineExecutionStepsCommand({
        PipelineExecutionArn: summary.PipelineExecutionArn,
        SortOrder: 'Ascending',
      }),
    );
    training ??= toldOf(summary, steps);
    const gate = await gateOf({ sagemaker }, steps);
    if (gate) return { training, gate };
  }
  return training ? { training } : {};
}

function toldOf(summary: PipelineExecutionSummary, steps: readonly PipelineExecutionStep[]): Training {
  const failed = steps.find(({ StepStatus }) => StepStatus === 'Failed');
  const running = steps.find(({ StepStatus }) => StepStatus === 'Executing');
  const refused = failed?.StepName === REFUSED_STEP;
  const status = refused ? 'refused' : (summary.PipelineExecutionStatus ?? 'unknown').toLowerCase();
  return {
    status,
    // The start function calls an execution <reason>-<fingerprint>.
    reason: /^([a-z]+)-/.exec(summary.PipelineExecutionDisplayName ?? '')?.[1] ?? 'unknown',
    started: summary.StartTime,
    execution: summary.PipelineExecutionArn?.split('/').at(-1) ?? '',
    step:
      failed && !refused
        ? `${failed.StepName}: ${failed.FailureReason ?? 'no reason given'}`
        : running?.StepName,
  };
}

async function gateOf(
  { sagemaker }: Pick<Clients, 'sagemaker'>,
  steps: readonly PipelineExecutionStep[],
): Promise<Gate | undefined> {
  const refused = steps.find(({ StepName, FailureReason }) => StepName === REFUSED_STEP && FailureReason);
  if (refused) {
    const sentence = (refused.FailureReason ?? '').replace(/^The gate /, '');
    return { verdict: 'refused', sentence, version: undefined };
  }
  const registered = steps.find(({ Metadata }) => Metadata?.RegisterModel?.Arn)?.Metadata?.RegisterModel?.Arn;
  if (!registered) return undefined;
  const { sentence, version } = await describeModel(sagemaker, registered);
  return { verdict: 'passed', sentence, version };
}
