import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { ECRClient } from '@aws-sdk/client-ecr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { platformNamesOf } from '../../lib/config/names';
import { markdownOf } from '../evidence/markdown';
import { Refusal } from '../terminal/refusal';
import { requireAnotherApprover } from './approver';
import type { Delivery } from './delivery';
import { deployStacks, releaseSettings } from './deploy';
import { type DeliveredEnvironment, environmentOf } from './environment';
import { approvalSummary, gatherEvidence } from './evidence';
import { buildImages } from './image';
import { smoke } from './smoke';
import { train } from './train';

/** What `npm run deliver -- <step>` does; those but `image` in an environment. */
export const STEPS = ['image', 'evidence', 'deploy', 'train', 'smoke'] as const;
export type DeliverStep = (typeof STEPS)[number];

/**
 * Runs one step of a delivery.
 *
 * @param environment name of the environment it acts in; none for `image`
 * @returns the answer of the step, a line
 * @throws Failed when it ran and failed, Refusal when it was asked for something that cannot be
 */
export async function deliver(
  delivery: Delivery,
  step: DeliverStep,
  environment: string | undefined,
): Promise<string> {
  const { region } = delivery.platform.delivery;
  if (step === 'image') return buildImages(delivery, new ECRClient({ region }));
  if (!environment) {
    throw new Refusal(
      `${step} acts in an environment, and none was named · allowed: ${Object.keys(delivery.project.environments).join(', ')}`,
    );
  }
  const sts = new STSClient({ region });
  // Before anything else is looked at: a commit that its author approved gets no credentials of the environment.
  if (step === 'deploy')
    await requireAnotherApprover(new CodePipelineClient({ region }), delivery, environment);
  const here = await environmentOf(delivery, environment, sts);
  switch (step) {
    case 'deploy':
      return deploy(delivery, here);
    case 'train':
      return train(delivery, here, {
        s3: new S3Client(here.config),
        // The start function may list and copy for minutes.
        lambda: new LambdaClient({ ...here.config, maxAttempts: 1 }),
        sagemaker: new SageMakerClient(here.config),
      });
    case 'smoke':
      return smoke(delivery, here, neighbour(delivery, environment, 1) ?? environment, {
        s3: new S3Client(here.config),
        sagemaker: new SageMakerClient(here.config),
        ssm: new SSMClient(here.config),
      });
    case 'evidence':
      return evidence(delivery, here, sts);
  }
}

async function deploy(delivery: Delivery, here: DeliveredEnvironment): Promise<string> {
  // The SDK's own resolution: a session of the delivery role, or a person's profile.
  const keys = await new STSClient(here.config).config.credentials();
  await deployStacks(delivery, here, keys);
  await releaseSettings(delivery, here, new SFNClient(here.config));
  return `${delivery.project.name} is deployed in ${here.name}`;
}

async function evidence(delivery: Delivery, here: DeliveredEnvironment, sts: STSClient): Promise<string> {
  const clients = (place: DeliveredEnvironment) => ({
    s3: new S3Client(place.config),
    sagemaker: new SageMakerClient(place.config),
  });
  const name = neighbour(delivery, here.name, -1);
  const before = name ? await environmentOf(reviewing(delivery, name), name, sts) : undefined;
  const gathered = await gatherEvidence(
    delivery,
    here,
    { cloudformation: new CloudFormationClient(here.config), here: clients(here) },
    before && { environment: before, clients: clients(before) },
  );
  delivery.say(markdownOf(gathered));
  return approvalSummary(gathered);
}

/** The environment of the project before or after one, in the order of delivery. */
function neighbour({ platform, project }: Delivery, environment: string, step: 1 | -1): string | undefined {
  const order = Object.keys(platform.environments).filter((name) => project.environments[name]);
  return order[order.indexOf(environment) + step];
}

/** The same delivery with the right to read another environment. */
function reviewing(delivery: Delivery, name: string): Delivery {
  const { account = '' } = delivery.platform.environments[name] ?? {};
  const { reviewRole } = platformNamesOf(name, 0);
  const roleArn = delivery.run.roleArn && `arn:aws:iam::${account}:role/${reviewRole}`;
  return { ...delivery, run: { ...delivery.run, roleArn } };
}
