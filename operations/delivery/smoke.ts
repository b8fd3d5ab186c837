import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type SageMakerClient,
  type TrainingInstanceType,
  type TrainingJobStatus,
} from '@aws-sdk/client-sagemaker';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { learnerSettings } from '../../lib/config/settings';
import { environmentTags, projectTags } from '../../lib/config/tags';
import { weightsPrefix } from '../../pipelines/base-models';
import { codeBundle, SHARED_STEPS } from '../../pipelines/code-bundle';
import { IMAGE_FOLDER, learnerImages } from '../../pipelines/images';
import { hasLocalStorage } from '../../pipelines/instance-storage';
import { type Delivery, Failed } from './delivery';
import type { DeliveredEnvironment } from './environment';
import { idOf, newestSuccess } from './evaluations';
import { networkOf } from './network';
import { requireWeights } from './staging/require-weights';
import { stageCode } from './staging/stage-code';
import { stageSample } from './staging/stage-sample';
import { took } from './took';

export interface SmokeClients {
  readonly s3: S3Client;
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}

/** Rows that show whether the code runs; how well it learns is the gate's question, and prod's. */
const ROWS = 300;

/** Seconds that it may take, with the start of the machine left out. */
const LONGEST_SECONDS = 30 * 60;

const VOLUME_GB = 30;

/**
 * Trains the learner of the next environment here, on its machine and in its image, on a few rows: so that the code for
 * the costlier machine does not run for the first time in prod.
 *
 * @param next the next environment's name
 * @returns a sentence for the log
 * @throws Failed with SageMaker's reason; Refusal where its weights are not staged here
 */
export async function smoke(
  delivery: Delivery,
  environment: DeliveredEnvironment,
  next: string,
  clients: SmokeClients,
): Promise<string> {
  const { say, pollMs } = delivery;
  const { names } = environment;
  const last = await newestSuccess(clients.sagemaker, names.pipeline);
  if (!last)
    return `no training has ended well in ${environment.name} yet: there are no rows to try the learner of ${next} on`;

  const rows = await stageSample(clients.s3, names.artifactsBucket, `runs/${idOf(last)}/train/`, ROWS);
  const request = await requestOf(delivery, environment, next, clients, rows);
  await clients.sagemaker.send(new CreateTrainingJobCommand(request));
  say(
    `${request.TrainingJobName}: the learner of ${next} on ${ROWS} rows, ${request.ResourceConfig?.InstanceType}`,
  );
  const began = Date.now();
  let shown: string | undefined;
  for (;;) {
    const job = await clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: request.TrainingJobName }),
    );
    if (job.TrainingJobStatus === 'Completed') {
      return `the learner of ${next} runs: ${request.TrainingJobName} in ${took(Date.now() - began)}`;
    }
    if (isOver(job.TrainingJobStatus)) {
      throw new Failed(
        `the learner of ${next} does not run: ${request.TrainingJobName} is ${job.TrainingJobStatus}, ${job.FailureReason ?? 'no reason given'}; its log is in /aws/sagemaker/TrainingJobs of ${environment.name}`,
      );
    }
    if (job.SecondaryStatus !== shown) {
      say(`${job.SecondaryStatus} (${took(Date.now() - began)})`);
      shown = job.SecondaryStatus;
    }
    await wait(pollMs);
  }
}

const isOver = (status: TrainingJobStatus | undefined): boolean =>
  status === 'Failed' || status === 'Stopped';

/** The job that the training pipeline of the next environment would start, in this one, shorter and on spot never. */
async function requestOf(
  { platform, project, run }: Delivery,
  { name, account, region, names }: DeliveredEnvironment,
  next: string,
  { s3, ssm }: SmokeClients,
  rows: string,
) {
  const chosen = project.environments[next];
  if (!chosen) throw new Error(`${project.name} does not run in ${next}`);
  const weights = await requireWeights(s3, project, chosen, {
    environment: name,
    bucket: names.artifactsBucket,
  });
  const bundle = codeBundle(project.folder, SHARED_STEPS, learnerSettings(project, next));
  await stageCode(s3, names.artifactsBucket, bundle, run);
  const keyArn = `arn:aws:kms:${region}:${account}:${names.keyAlias}`;
  const { instance } = chosen.train;
  const channel = (ChannelName: string, prefix: string) => ({
    ChannelName,
    DataSource: {
      S3DataSource: {
        S3Uri: `s3://${names.artifactsBucket}/${prefix}`,
        S3DataType: 'S3Prefix' as const,
        S3DataDistributionType: 'FullyReplicated' as const,
      },
    },
  });
  return {
    // A name of its own each time: a job that failed keeps its name.
    TrainingJobName: `${names.prefix}-smoke-${createHash('sha256').update(`${run.commit} ${Date.now()}`).digest('hex').slice(0, 12)}`,
    AlgorithmSpecification: {
      TrainingImage: learnerImages(platform.delivery, project, chosen, IMAGE_FOLDER).train.uri,
      TrainingInputMode: 'File' as const,
      ContainerEntrypoint: ['python3', '/opt/ml/input/data/code/train.py'],
    },
    RoleArn: `arn:aws:iam::${account}:role/${names.roles.job}`,
    InputDataConfig: [
      channel('code', `code/${bundle.hash}/`),
      channel('train', rows),
      ...(weights ? [channel('weights', weightsPrefix(weights.hash))] : []),
    ],
    OutputDataConfig: { S3OutputPath: `s3://${names.artifactsBucket}/runs/smoke`, KmsKeyId: keyArn },
    ResourceConfig: {
      InstanceType: instance as TrainingInstanceType,
      InstanceCount: 1,
      VolumeSizeInGB: VOLUME_GB,
      ...(!hasLocalStorage(instance) && { VolumeKmsKeyId: keyArn }),
    },
    StoppingCondition: { MaxRuntimeInSeconds: LONGEST_SECONDS },
    EnableNetworkIsolation: true,
    EnableInterContainerTrafficEncryption: true,
    VpcConfig: await networkOf(ssm, platform, name),
    Tags: Object.entries(projectTags(environmentTags(platform, name), project)).map(([Key, Value]) => ({
      Key,
      Value,
    })),
  };
}
