import type { ProductionVariantInstanceType, Tag } from '@aws-sdk/client-sagemaker';
import type { ReleaseModelEnv } from './contract';

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof ReleaseModelEnv> = [
  'ENDPOINT_NAME',
  'MODEL_PACKAGE_GROUP',
  'STATE_TABLE',
  'OWNER_TOPIC_ARN',
  'MODEL_ROLE_ARN',
  'INSTANCE_TYPE',
  'INSTANCES_MIN',
  'INSTANCES_MAX',
  'INVOCATIONS_PER_INSTANCE',
  'RELEASE',
  'BAKE_MINUTES',
  'ROLLBACK_ALARMS',
  'APPROVAL',
  'CAPTURE_URI',
  'KEY_ARN',
  'SUBNET_IDS',
  'SECURITY_GROUP_IDS',
  'FIELDS',
  'TARGETS',
  'TAGS',
];

/** Between what an endpoint scales, and by what load. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  /** Requests a minute and instance that are aimed at. */
  readonly perInstance: number;
}

/** How a part of the traffic tries a new version. */
export interface Canary {
  readonly bakeMinutes: number;
  /** Names of the alarms that take it back. */
  readonly alarms: string[];
}

/** What a project decides about the endpoint, parsed from the environment once. */
export interface Settings {
  readonly endpoint: string;
  readonly packageGroup: string;
  readonly table: string;
  readonly ownerTopicArn: string;
  readonly roleArn: string;
  readonly instanceType: ProductionVariantInstanceType;
  /** Instances that the endpoint has at least, and begins with. */
  readonly instances: number;
  /** Undefined where the number of instances is fixed. */
  readonly scaling: Scaling | undefined;
  /** Undefined where a new version gets all requests at once. */
  readonly canary: Canary | undefined;
  /** Whether approver and author must be two people. */
  readonly fourEyes: boolean;
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
  const min = count(env, 'INSTANCES_MIN');
  const max = count(env, 'INSTANCES_MAX');
  return {
    endpoint: env.ENDPOINT_NAME,
    packageGroup: env.MODEL_PACKAGE_GROUP,
    table: env.STATE_TABLE,
    ownerTopicArn: env.OWNER_TOPIC_ARN,
    roleArn: env.MODEL_ROLE_ARN,
    instanceType: env.INSTANCE_TYPE as ProductionVariantInstanceType,
    instances: min,
    scaling: min < max ? { min, max, perInstance: count(env, 'INVOCATIONS_PER_INSTANCE') } : undefined,
    canary:
      env.RELEASE === 'canary'
        ? { bakeMinutes: count(env, 'BAKE_MINUTES'), alarms: env.ROLLBACK_ALARMS.split(',') }
        : undefined,
    fourEyes: env.APPROVAL === 'person',
    captureUri: env.CAPTURE_URI,
    keyArn: env.KEY_ARN,
    subnets: env.SUBNET_IDS.split(','),
    securityGroups: env.SECURITY_GROUP_IDS.split(','),
    fields: env.FIELDS.split(','),
    targets: env.TARGETS.split(','),
    tags: tagsFrom(env.TAGS),
  };
}

type Count = 'INSTANCES_MIN' | 'INSTANCES_MAX' | 'INVOCATIONS_PER_INSTANCE' | 'BAKE_MINUTES';

function count(env: ReleaseModelEnv, variable: Count): number {
  const value = Number(env[variable]);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${variable} must be a whole number of at least 1, got '${env[variable]}'`);
}

function tagsFrom(json: string): Tag[] {
  try {
    return Object.entries(JSON.parse(json) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
  } catch {
    throw new Error(`TAGS must be a JSON object of strings, got '${json}'`);
  }
}
