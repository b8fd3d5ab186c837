import {
  ListPipelineParametersForExecutionCommand,
  type PipelineExecutionStep,
  paginateListPipelineExecutionSteps,
} from '@aws-sdk/client-sagemaker';
import { REFUSED_STEP } from '../start-training/contract';
import type { Dependencies } from './dependencies';
import { evaluationOf, inService, metricsOf, type Origin, origin } from './model';
import type { Notice } from './notice';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-pipeline */
export interface TrainingEvent {
  readonly 'detail-type': 'SageMaker Model Building Pipeline Execution Status Change';
  readonly time: string;
  readonly detail: {
    readonly pipelineExecutionArn: string;
    readonly currentPipelineExecutionStatus: string;
    readonly executionEndTime?: string;
  };
}

/** News of a training that ended without a model: the gate refused it, a step failed, or somebody stopped it. */
export async function trainingNews(deps: Dependencies, { detail, time }: TrainingEvent): Promise<Notice> {
  const { pipelineExecutionArn: arn, currentPipelineExecutionStatus: status } = detail;
  const { PROJECT: project, ENVIRONMENT: environment } = deps.settings;
  const id = arn.split('/').at(-1) ?? arn;
  const [failed, from, { sentence }] = await Promise.all([
    failedStep(deps, arn),
    originOf(deps, arn),
    inService(deps),
  ]);
  // A retried execution ends again under the same name.
  const key = `training#${id}#${detail.executionEndTime ?? time}`;
  const training = `The training of ${project} in ${environment} (execution ${id})`;

  if (failed?.StepName === REFUSED_STEP) {
    return {
      key,
      subject: 'the gate refused the new model',
      lines: [
        `${training} made a model that is not good enough.`,
        '',
        failed.FailureReason ?? 'The gate left no sentence.',
        ...origin(from),
        ...metricsOf(await evaluationOf(deps, id)),
        '',
        sentence,
      ],
    };
  }
  const stopped = status === 'Stopped';
  return {
    key,
    subject: stopped ? 'the training was stopped' : 'the training failed',
    lines: [
      `${training} ${stopped ? 'was stopped' : 'failed'}; there is no new model.`,
      '',
      ...(failed ? reasonOf(failed) : []),
      ...origin(from),
      '',
      sentence,
    ],
  };
}

async function failedStep(
  { sagemaker: client }: Dependencies,
  PipelineExecutionArn: string,
): Promise<PipelineExecutionStep | undefined> {
  const pages = paginateListPipelineExecutionSteps(
    { client },
    { PipelineExecutionArn, SortOrder: 'Ascending' },
  );
  for await (const { PipelineExecutionSteps = [] } of pages) {
    const failed = PipelineExecutionSteps.find(({ StepStatus }) => StepStatus === 'Failed');
    if (failed) return failed;
  }
  return undefined;
}

async function originOf({ sagemaker }: Dependencies, PipelineExecutionArn: string): Promise<Origin> {
  const { PipelineParameters = [] } = await sagemaker.send(
    new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn, MaxResults: 50 }),
  );
  const value = (name: string) => PipelineParameters.find(({ Name }) => Name === name)?.Value;
  return {
    reason: value('Reason'),
    commit: value('Commit'),
    author: value('Author'),
    champion: value('ChampionArn'),
  };
}

/** The step's own words, and where the job wrote more. */
function reasonOf({ StepName, FailureReason, Metadata }: PipelineExecutionStep): string[] {
  const said = `Step ${StepName} failed: ${FailureReason ?? 'SageMaker gave no reason'}`;
  const training = Metadata?.TrainingJob?.Arn;
  const job = training ?? Metadata?.ProcessingJob?.Arn;
  if (!job) return [said];
  const group = `/aws/sagemaker/${training ? 'TrainingJobs' : 'ProcessingJobs'}`;
  return [said, `Its log: group ${group}, streams that begin with ${job.split('/').at(-1)}`];
}
