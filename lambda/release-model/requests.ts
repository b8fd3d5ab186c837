import { createHash } from 'node:crypto';
import type {
  CreateEndpointConfigInput,
  CreateModelInput,
  DeploymentConfig,
  UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import { hasGpu } from '../../pipelines/accelerator';
import { hasLocalStorage } from '../../pipelines/instance-storage';
import type { Target } from './decide';
import type { Canary, Settings } from './settings';

/** The one variant's name. It never changes, or an endpoint could not be updated in place. */
export const VARIANT = 'AllTraffic';

/**
 * Name of the model and the endpoint config of a version under these settings. Both are immutable in AWS, so equal
 * names mean equal content, and nothing is to be done.
 *
 * What the two requests do not hold is no part of the name: how a release goes (canary or not, by which alarms), how
 * far the endpoint scales, and who approves change no fleet. Nor do tags: a new one is not worth a new fleet.
 */
export function nameOf(settings: Settings, version: number): string {
  const plain = { ...settings, tags: [] };
  const shape = [modelRequest(plain, ANY), configRequest(plain, ANY)];
  const hash = createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 8);
  return `${settings.endpoint}-v${version}-${hash}`;
}

/**
 * Host of machines with a GPU. The default one of g4dn and g5 has a driver that cannot start libraries of CUDA 13.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html (InferenceAmiVersion)
 */
const GPU_HOST = 'al2023-ami-sagemaker-inference-gpu-4-1';

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
        ...(hasGpu(settings.instanceType) && { InferenceAmiVersion: GPU_HOST }),
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

/** How one update goes. */
export interface UpdateManner {
  /** Instances that the endpoint has now. */
  readonly live: number;
  /** Undefined lets the new version take all requests at once. */
  readonly canary: Canary | undefined;
}

export function updateRequest(settings: Settings, { config }: Target, manner: UpdateManner) {
  const { endpoint, scaling } = settings;
  // A fleet that has grown is not shrunk in the middle of its load; one that was never in these bounds is put there.
  const grown = scaling && manner.live >= scaling.min && manner.live <= scaling.max;
  return {
    EndpointName: endpoint,
    EndpointConfigName: config,
    ...(grown && {
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    }),
    ...(manner.canary && { DeploymentConfig: deployment(manner.canary) }),
  } satisfies UpdateEndpointInput;
}

/** Seconds that the old fleet waits after the last step, so that alarms of a minute or two still find it there. */
const LAST_LOOK_SECONDS = 300;

/** Seconds that the new fleet may take to come up, beside all waits. */
const PROVISIONING_SECONDS = 3_600;

/**
 * One new instance gets its share of the requests while the alarms watch, then all of them do. One, since a share of
 * the fleet must not be above half of it, and whatever is wrong hurts the fewest callers so.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green-canary.html
 */
function deployment({ bakeMinutes, alarms }: Canary): DeploymentConfig {
  const bake = bakeMinutes * 60;
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: 'CANARY',
        CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
        WaitIntervalInSeconds: bake,
      },
      TerminationWaitInSeconds: LAST_LOOK_SECONDS,
      MaximumExecutionTimeoutInSeconds: bake + LAST_LOOK_SECONDS + PROVISIONING_SECONDS,
    },
    ...(alarms.length > 0 && {
      AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) },
    }),
  };
}
