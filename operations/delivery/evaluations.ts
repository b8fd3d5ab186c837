import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ListPipelineExecutionsCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Names } from '../../lib/config/names';
import { type Evaluation, evaluationKey } from '../../pipelines/evaluation';

export interface EvaluationClients {
  readonly s3: Pick<S3Client, 'send'>;
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
}

/** What the gate wrote of an execution; undefined where it came to no evaluation. */
export async function evaluationOf(
  s3: Pick<S3Client, 'send'>,
  bucket: string,
  executionArn: string,
): Promise<Evaluation | undefined> {
  const Key = evaluationKey(idOf(executionArn));
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? '') as Evaluation;
  } catch (error) {
    if (error instanceof Error && /^(NoSuchKey|NoSuchBucket)$/.test(error.name)) return undefined;
    throw error;
  }
}

/** The evaluation of the newest training that ended with a model; undefined before the first. */
export async function newestEvaluation(
  { s3, sagemaker }: EvaluationClients,
  { pipeline, artifactsBucket }: Pick<Names, 'pipeline' | 'artifactsBucket'>,
): Promise<Evaluation | undefined> {
  const arn = await newestSuccess(sagemaker, pipeline);
  return arn ? evaluationOf(s3, artifactsBucket, arn) : undefined;
}

/** ARN of the newest execution that ended well; undefined where there is none, or no pipeline yet. */
export async function newestSuccess(
  sagemaker: Pick<SageMakerClient, 'send'>,
  PipelineName: string,
): Promise<string | undefined> {
  try {
    const { PipelineExecutionSummaries = [] } = await sagemaker.send(
      new ListPipelineExecutionsCommand({ PipelineName, SortBy: 'CreationTime', SortOrder: 'Descending' }),
    );
    return PipelineExecutionSummaries.find(
      ({ PipelineExecutionStatus }) => PipelineExecutionStatus === 'Succeeded',
    )?.PipelineExecutionArn;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFound') return undefined;
    throw error;
  }
}

/** The last part of an execution's ARN, which names its folder below `runs/`. */
export const idOf = (executionArn: string): string => executionArn.split('/').at(-1) ?? executionArn;
