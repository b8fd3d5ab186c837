import { createHash } from 'node:crypto';
import {
  DescribePipelineExecutionCommand,
  type SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import type { Champion } from './champion';
import { type PipelineParameter, type StartReason, type StartTrainingEnv, UNKNOWN_AUTHOR } from './contract';
import type { DataVersion } from './data-version';
import type { StartItem } from './start-item';

/** Stands in for the champion's model while there is none: an input that does not exist would fail the job. */
export const NO_CHAMPION = { key: 'champion/none/marker.json', body: '{"champion": "none"}\n' };

/** How long a claim may be without an execution before its holder counts as dead; one call lies between the two. */
const CLAIM_SECONDS = 60;

/** All that one execution is given. */
export interface Training {
  readonly reason: Exclude<StartReason, 'tick'>;
  readonly code: string;
  readonly commit: string;
  readonly author: string | undefined;
  readonly data: DataVersion;
  readonly champion: Champion | undefined;
  readonly fingerprint: string;
}

/** What became of the last start. `lost`: its claim stands, but nobody started it. */
export type LastStart = 'running' | 'succeeded' | 'ended' | 'lost';

export async function lastStart(
  sagemaker: SageMakerClient,
  item: StartItem,
  now: number,
): Promise<LastStart> {
  if (!item.execution) {
    return now - Date.parse(item.started ?? '1970-01-01') < CLAIM_SECONDS * 1000 ? 'running' : 'lost';
  }
  try {
    const { PipelineExecutionStatus: status } = await sagemaker.send(
      new DescribePipelineExecutionCommand({ PipelineExecutionArn: item.execution }),
    );
    if (status === 'Succeeded') return 'succeeded';
    return status === 'Executing' || status === 'Stopping' ? 'running' : 'ended';
  } catch (error) {
    // Executions outlive no deletion of their pipeline.
    if (error instanceof Error && error.name === 'ResourceNotFound') return 'ended';
    throw error;
  }
}

/** Hash of all that shapes a model: equal ones would train the same model again. */
export function fingerprintOf(code: string, dataVersion: string, definitionHash: string): string {
  return sha256(`${code}|${dataVersion}|${definitionHash}`);
}

/**
 * Token of a start, at the same time its claim. It follows from what is started and from the claim before it, so that
 * events that saw the same item, and the retry of a start whose answer was lost, mean one execution to SageMaker too.
 */
export function tokenOf(reason: StartReason, fingerprint: string, before: string | undefined): string {
  return sha256(`${reason}|${fingerprint}|${before ?? 'first'}`);
}

/** @returns the execution's ARN */
export async function startExecution(
  sagemaker: SageMakerClient,
  env: StartTrainingEnv,
  training: Training,
  token: string,
): Promise<string> {
  const { reason, code, commit, author, data, champion, fingerprint } = training;
  const parameters: Record<PipelineParameter, string> = {
    CodeUri: `s3://${env.ARTIFACTS_BUCKET}/code/${code}/`,
    CodeHash: code,
    Commit: commit,
    Author: author ?? UNKNOWN_AUTHOR,
    DataUri: data.manifestUri,
    DataVersion: data.version,
    Reason: reason,
    ChampionArn: champion?.packageArn ?? 'none',
    ChampionModelUri: champion?.modelUri ?? `s3://${env.ARTIFACTS_BUCKET}/${NO_CHAMPION.key}`,
    ChampionImage: champion?.image ?? env.SERVE_IMAGE,
    Fingerprint: fingerprint,
  };
  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: env.PIPELINE_NAME,
      PipelineExecutionDisplayName: `${reason}-${fingerprint.slice(0, 12)}`,
      PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
      ClientRequestToken: token,
    }),
  );
  if (!PipelineExecutionArn) throw new Error(`SageMaker started ${env.PIPELINE_NAME} but named no execution`);
  return PipelineExecutionArn;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
