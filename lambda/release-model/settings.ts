import { createHash } from 'node:crypto';
import type {
  CreateEndpointConfigInput,
  CreateModelInput,
  ProductionVariantInstanceType,
  Tag,
} from '@aws-sdk/client-sagemaker';
import { hasLocalStorage } from '../../pipelines/instance-storage';
import type { ReleaseModelEnv } from './contract';
import type { Target } from './decide';

/** The one variant's name. It never changes, or an endpoint could not be updated in place. */
const VARIANT = 'AllTraffic';

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof ReleaseModelEnv> = [
  'ENDPOINT_NAME',
  'MODEL_PACKAGE_GROUP',
  'STATE_TABLE',
  'OWNER_TOPIC_ARN',
  'MODEL_ROLE_ARN',
  'INSTANCE_TYPE',
  'INSTANCE_COUNT',
  'CAPTURE_URI',
  'KEY_ARN',
  'SUBNET_IDS',
  'SECURITY_GROUP_IDS',
  'FIELDS',
  'TARGETS',
  'TAGS',
];

/** What a project decides about the endpoint, parsed from the environment once. */
export interface Settings {
  readonly endpoint: string;
  readonly packageGroup: string;
  readonly table: string;
  readonly ownerTopicArn: string;
  readonly roleArn: string;
  readonly instanceType: ProductionVariantInstanceType;
  readonly instances: number;
  readonly captureUri: string;
  readonly keyArn: string;
  readonly subnets: string[];
  readonly securityGroups: string[];
  readonly fields: string[];
  readonly targets: string[];
  readonly tags: Tag[];
}

/** @throws when a number or the JSON of the tags cannot be read; names the variable and its value */
export function settingsFrom(env: ReleaseModelEnv): Settings {
  const instances = Number(env.INSTANCE_COUNT);
  if (!Number.isInteger(instances) || instances < 1) {
    throw new Error(`INSTANCE_COUNT must be a whole number of at least 1, got '${env.INSTANCE_COUNT}'`);
  }
  return {
    endpoint: env.ENDPOINT_NAME,
    packageGroup: env.MODEL_PACKAGE_GROUP,
    table: env.STATE_TABLE,
    ownerTopicArn: env.OWNER_TOPIC_ARN,
    roleArn: env.MODEL_ROLE_ARN,
    instanceType: env.INSTANCE_TYPE as ProductionVariantInstanceType,
    instances,
    captureUri: env.CAPTURE_URI,
    keyArn: env.KEY_ARN,
    subnets: env.SUBNET_IDS.split(','),
    securityGroups: env.SECURITY_GROUP_IDS.split(','),
    fields: env.FIELDS.split(','),
    targets: env.TARGETS.split(','),
    tags: tagsFrom(env.TAGS),
  };
}

function tagsFrom(json: string): Tag[] {
  try {
    return Object.entries(JSON.parse(json) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
  } catch {
    throw new Error(`TAGS must be a JSON object of strings, got '${json}'`);
  }
}

/**
 * Name of the model and the endpoint config of a version under these settings. Both are immutable in AWS, so equal
 * names mean equal content, and nothing is to be done. Tags are left out: a new one is not worth a new fleet.
 */
export function nameOf(settings: Settings, version: number): string {
  const plain = { ...settings, tags: [] };
  const shape = [modelRequest(plain, ANY), configRequest(plain, ANY)];
  const hash = createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 8);
  return `${settings.endpoint}-v${version}-${hash}`;
}

const ANY: Target = { version: 0, packageArn: '', config: '' };

export function modelRequest(settings: Settings, { version, packageArn, config }: Target): CreateModelInput {
  return {
    ModelName: config,
    // The container cannot know its version otherwise; callers are told what it returns.
    PrimaryContainer: {
      ModelPackageName: packageArn,
      Environment: { MODEL_VERSION: String(version) },
    },
    ExecutionRoleArn: settings.roleArn,
    EnableNetworkIsolation: true,
    VpcConfig: {
      Subnets: settings.subnets,
      SecurityGroupIds: settings.securityGroups,
    },
    Tags: settings.tags,
  };
}

export function configRequest(settings: Settings, { config }: Target): CreateEndpointConfigInput {
  return {
    EndpointConfigName: config,
    ProductionVariants: [
      {
        VariantName: VARIANT,
        ModelName: config,
        InstanceType: settings.instanceType,
        InitialInstanceCount: settings.instances,
        InitialVariantWeight: 1,
      },
    ],
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: settings.captureUri,
      KmsKeyId: settings.keyArn,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] },
    },
    ...(hasLocalStorage(settings.instanceType) ? {} : { KmsKeyId: settings.keyArn }),
    Tags: settings.tags,
  };
}
