import { join } from 'node:path';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { StartTrainingEvent, StartTrainingResult } from '../../lambda/start-training/contract';
import { learnerSettings } from '../../lib/config/settings';
import { codeBundle, SHARED_STEPS } from '../../pipelines/code-bundle';
import { type Delivery, Failed } from './delivery';
import type { DeliveredEnvironment } from './environment';
import { evaluationOf } from './evaluations';
import { followExecution } from './execution';
import { dataFilesOf } from './staging/data-files';
import { requireWeights } from './staging/require-weights';
import { stageCode } from './staging/stage-code';
import { stageFiles } from './staging/stage-files';
import { stageObjects } from './staging/stage-objects';

export interface TrainClients {
  readonly s3: S3Client;
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
}

/**
 * Brings code and data of the commit, asks the start function for a training, and waits for what the gate says.
 *
 * @returns a sentence for the log: what became of it
 * @throws Failed when the gate refused the model or the training failed; Refusal where its weights are not staged
 */
export async function train(
  delivery: Delivery,
  environment: DeliveredEnvironment,
  clients: TrainClients,
): Promise<string> {
  const { project, run, say } = delivery;
  const { names, settings } = environment;
  await requireWeights(clients.s3, project, settings, {
    environment: environment.name,
    bucket: names.artifactsBucket,
  });
  const bundle = codeBundle(project.folder, SHARED_STEPS, learnerSettings(project, environment.name));
  say(`code: ${bundle.files.size} files, ${bundle.hash.slice(0, 12)}`);
  await stageCode(clients.s3, names.artifactsBucket, bundle, run);
  const data = await stageData(delivery, environment, clients.s3);
  const merge: StartTrainingEvent = {
    reason: 'merge',
    code: bundle.hash,
    commit: run.commit,
    ...(run.author && { author: named(run.author) }),
    data,
  };
  const result = await start(clients.lambda, names.functions.startTraining, merge);
  const execution = executionIn(result);
  if (!execution) return result.note;
  say(`${result.note}; waiting for the gate`);
  const steps = await followExecution(delivery, clients.sagemaker, execution, hoursOf(environment));
  const sentence = (await evaluationOf(clients.s3, names.artifactsBucket, execution))?.gate.sentence;
  const version = steps.get('Register')?.Metadata?.RegisterModel?.Arn?.split('/').at(-1);
  if (!version) throw new Failed(sentence ?? `${execution} ended without a model`);
  const waits =
    delivery.platform.environments[environment.name]?.approval.model === 'person'
      ? `; somebody other than the author decides: npm run approve -- ${names.project} ${version} --environment ${names.environment}`
      : '';
  return `version ${version} of ${names.project} in ${names.environment}: ${sentence ?? 'the gate passed'}${waits}`;
}

/** Base data under a prefix that names their content. */
function stageData(
  { project, say }: Delivery,
  { settings, names }: DeliveredEnvironment,
  s3: S3Client,
): Promise<string> {
  if (settings.data.startsWith('s3://')) return stageObjects(s3, names.artifactsBucket, settings.data, say);
  const files = dataFilesOf(join(project.folder, settings.data));
  say(`data: ${files.length} files of ${settings.data}`);
  return stageFiles(s3, names.artifactsBucket, files);
}

async function start(
  lambda: Pick<LambdaClient, 'send'>,
  FunctionName: string,
  event: StartTrainingEvent,
): Promise<StartTrainingResult> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError)
    throw new Failed(`${FunctionName} failed: ${text}; its log group is /aws/lambda/${FunctionName}`);
  return JSON.parse(text) as StartTrainingResult;
}

/** What is to be waited for: what was started, or the same training that somebody asked for before. */
function executionIn({ outcome, executionArn, note }: StartTrainingResult): string | undefined {
  if (executionArn) return executionArn;
  if (outcome !== 'already asked') return undefined;
  return /arn:aws[\w-]*:sagemaker:\S+\/execution\/\w+/.exec(note)?.[0];
}

/** An address in the characters that a package's metadata take; most are as they are. */
const named = (author: string): string => author.replaceAll(/[^0-9A-Za-z_.:/=+@-]/g, '-').slice(0, 256);

/** Hours that all of an execution may take: the training itself, and what comes before and after it. */
const hoursOf = ({ settings }: DeliveredEnvironment): number =>
  settings.train.max_hours * (settings.train.spot ? 2 : 1) + 4.5;
