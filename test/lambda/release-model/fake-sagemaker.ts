import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  type DeploymentConfig,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { awsError } from '../../fixtures/events/aws-error';

/**
 * What becomes of an endpoint that is sent to a config. `dies`: Failed at a creation, a silent rollback at an update.
 * `rings`: an alarm rings while callers try it, and is over when AWS has taken it back.
 */
export type Fate = 'works' | 'dies' | 'answers wrongly' | 'rings';

/** Alarm of a version whose fate is `rings`. */
export const ALARM = 'mail-dev-endpoint-errors';

/** A model package, as far as a release reads it. */
export interface FakePackage {
  readonly version: number;
  readonly champion: string;
  readonly approval?: string;
  readonly author?: string;
  /** ARN of the identity that changed it last. */
  readonly approver?: string;
  /** Classes of its evaluation, by target; an evaluation of before they were named has none. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

const GROUP = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/mail-dev';
export const packageArn = (version: number) => `${GROUP}/${version}`;

/** Where the evaluation of a version's run is. */
const evaluationUri = (version: number) =>
  `s3://mail-dev-artifacts/runs/run-${version}/evaluation/evaluation.json`;

/** What of the requests is read here. */
interface Input {
  readonly ModelName: string;
  readonly EndpointConfigName: string;
  readonly ModelPackageName: string;
  readonly Bucket: string;
  readonly Key: string;
  readonly DeploymentConfig?: DeploymentConfig;
  readonly AlarmNames: string[];
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
  readonly TargetTrackingScalingPolicyConfiguration: { readonly TargetValue: number };
  readonly PrimaryContainer: { readonly Environment: { readonly MODEL_VERSION: string } };
}

/** SageMaker as far as a release sees it: its states are passed through one description at a time. */
export function fakeSageMaker() {
  const sagemaker = mockClient(SageMakerClient);
  const runtime = mockClient(SageMakerRuntimeClient);
  const cloudwatch = mockClient(CloudWatchClient);
  const autoscaling = mockClient(ApplicationAutoScalingClient);
  const s3 = mockClient(S3Client);
  const models = new Map<string, number>();
  const configs = new Set<string>();
  const packages = new Map<string, FakePackage>();
  const fates = new Map<number, Fate>();
  let endpoint:
    | { status: string; config: string; sentTo?: string; deployment?: DeploymentConfig }
    | undefined;
  let scaling: { min: number; max: number; perInstance: number } | undefined;
  const ringing = new Set<string>();

  const faults = new Map<unknown, Array<Error | undefined>>();

  /** Answers as SageMaker would, once the faults that a test put in the way are used up. */
  const answer =
    <Reply>(command: unknown, fake: (input: Input) => Reply) =>
    (input: Input) => {
      const fault = faults.get(command)?.shift();
      if (fault) throw fault;
      return fake(input);
    };

  const fateOf = (config: string) => fates.get(models.get(config) ?? 0) ?? 'works';

  function settle() {
    if (!endpoint?.sentTo) return;
    const { sentTo, config, status, deployment } = endpoint;
    const guards = deployment?.AutoRollbackConfiguration?.Alarms ?? [];
    // One look at the update is with the alarm ringing, the next is after AWS took it back.
    if (fateOf(sentTo) === 'rings' && guards.length > 0 && !ringing.has(ALARM)) {
      ringing.add(ALARM);
      return;
    }
    const dies = fateOf(sentTo) === 'dies' || ringing.delete(ALARM);
    endpoint =
      status === 'Creating'
        ? { status: dies ? 'Failed' : 'InService', config: sentTo }
        : { status: 'InService', config: dies ? config : sentTo, deployment };
  }

  sagemaker.on(DescribeEndpointCommand).callsFake(
    answer(DescribeEndpointCommand, () => {
      if (!endpoint) throw awsError('endpoint not found');
      const { status, config, sentTo, deployment } = endpoint;
      settle();
      return {
        EndpointStatus: status,
        EndpointConfigName: status === 'Creating' ? sentTo : config,
        LastDeploymentConfig: deployment,
        ProductionVariants: [{ DesiredInstanceCount: 2 }],
      };
    }),
  );
  sagemaker.on(DescribeModelCommand).callsFake(
    answer(DescribeModelCommand, ({ ModelName }) => {
      if (!models.has(ModelName)) throw awsError('model not found');
      return { ModelName };
    }),
  );
  sagemaker.on(DescribeEndpointConfigCommand).callsFake(
    answer(DescribeEndpointConfigCommand, ({ EndpointConfigName }) => {
      if (!configs.has(EndpointConfigName)) throw awsError('endpoint config not found');
      return { EndpointConfigName };
    }),
  );
  sagemaker.on(DescribeModelPackageCommand).callsFake(
    answer(DescribeModelPackageCommand, ({ ModelPackageName }) => {
      const found = packages.get(ModelPackageName);
      if (!found) throw awsError('model package not found');
      return {
        ModelPackageGroupName: 'mail-dev',
        ModelPackageVersion: found.version,
        ModelPackageArn: ModelPackageName,
        ModelApprovalStatus: found.approval ?? 'Approved',
        CustomerMetadataProperties: { champion: found.champion, author: found.author },
        ModelMetrics: { ModelQuality: { Statistics: { S3Uri: evaluationUri(found.version) } } },
        LastModifiedBy: found.approver && { IamIdentity: { Arn: found.approver } },
      };
    }),
  );
  s3.on(GetObjectCommand).callsFake(
    answer(GetObjectCommand, ({ Bucket, Key }) => {
      const found = [...packages.values()].find(
        ({ version }) => evaluationUri(version) === `s3://${Bucket}/${Key}`,
      );
      const body = JSON.stringify({ gate: { passed: true }, labels: found?.labels });
      return { Body: { transformToString: async () => body } };
    }),
  );
  sagemaker.on(CreateModelCommand).callsFake(
    answer(CreateModelCommand, ({ ModelName, PrimaryContainer }) => {
      if (models.has(ModelName)) throw awsError('model exists');
      models.set(ModelName, Number(PrimaryContainer.Environment.MODEL_VERSION));
      return {};
    }),
  );
  sagemaker.on(CreateEndpointConfigCommand).callsFake(
    answer(CreateEndpointConfigCommand, ({ EndpointConfigName }) => {
      if (configs.has(EndpointConfigName)) throw awsError('endpoint config exists');
      configs.add(EndpointConfigName);
      return {};
    }),
  );
  sagemaker.on(CreateEndpointCommand).callsFake(
    answer(CreateEndpointCommand, ({ EndpointConfigName }) => {
      if (endpoint) throw awsError('endpoint exists');
      endpoint = { status: 'Creating', config: EndpointConfigName, sentTo: EndpointConfigName };
      return {};
    }),
  );
  sagemaker.on(UpdateEndpointCommand).callsFake(
    answer(UpdateEndpointCommand, ({ EndpointConfigName, DeploymentConfig: deployment }) => {
      if (endpoint?.status !== 'InService') throw awsError('endpoint in progress');
      endpoint = { ...endpoint, status: 'Updating', sentTo: EndpointConfigName, deployment };
      return {};
    }),
  );
  sagemaker.on(DeleteEndpointCommand).callsFake(
    answer(DeleteEndpointCommand, () => {
      endpoint = undefined;
      return {};
    }),
  );
  cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }: Input) => ({
    MetricAlarms: AlarmNames.map((AlarmName) => ({
      AlarmName,
      StateValue: ringing.has(AlarmName) ? 'ALARM' : 'OK',
    })),
  }));
  autoscaling.on(DescribeScalableTargetsCommand).callsFake(() => ({
    ScalableTargets: scaling && [{ MinCapacity: scaling.min, MaxCapacity: scaling.max }],
  }));
  autoscaling.on(DescribeScalingPoliciesCommand).callsFake(() => ({
    ScalingPolicies: scaling && [
      { TargetTrackingScalingPolicyConfiguration: { TargetValue: scaling.perInstance } },
    ],
  }));
  autoscaling.on(RegisterScalableTargetCommand).callsFake(
    answer(RegisterScalableTargetCommand, ({ MinCapacity: min, MaxCapacity: max }) => {
      scaling = { perInstance: 0, ...scaling, min, max };
      return {};
    }),
  );
  autoscaling
    .on(PutScalingPolicyCommand)
    .callsFake(({ TargetTrackingScalingPolicyConfiguration: by }: Input) => {
      if (scaling) scaling = { ...scaling, perInstance: by.TargetValue };
      return {};
    });
  autoscaling.on(DeregisterScalableTargetCommand).callsFake(() => {
    if (!scaling) throw new ObjectNotFoundException({ message: 'no scalable target', $metadata: {} });
    scaling = undefined;
    return {};
  });
  runtime.on(InvokeEndpointCommand).callsFake(() => {
    const version = models.get(endpoint?.config ?? '') ?? 0;
    const wrong = fates.get(version) === 'answers wrongly';
    return { Body: reply(wrong ? version - 1 : version) };
  });

  return {
    sagemaker,
    s3,
    runtime,
    register(item: FakePackage) {
      packages.set(packageArn(item.version), item);
    },
    fate: (version: number, fate: Fate) => fates.set(version, fate),
    /** What the next calls of a command meet: an error, or undefined for a right answer. */
    meets: (command: unknown, ...errors: Array<Error | undefined>) => faults.set(command, errors),
    /** The version in service, or undefined. */
    serving: () => (endpoint?.status === 'InService' ? models.get(endpoint.config) : undefined),
    endpoint: () => endpoint,
    scaling: () => scaling,
    /** An alarm that rings whatever is done. */
    ring: (alarm: string) => ringing.add(alarm),
    /** How the updates went, one after the other. */
    updates: () => sagemaker.commandCalls(UpdateEndpointCommand).map((call) => call.args[0].input),
    /** What a person does in the console. */
    putInService(config: string) {
      endpoint = { status: 'InService', config };
    },
    /** Calls that change something. */
    changes: () =>
      sagemaker
        .calls()
        .map(({ args: [command] }) => command.constructor.name.replace('Command', ''))
        .filter((name) => /^(Create|Update|Delete)/.test(name)),
  };
}

/** What the container answers on `/invocations`. */
export function reply(modelVersion: number): Uint8Array {
  const predictions = [{ topic: { value: 'billing', confidence: 0.9 } }];
  return new TextEncoder().encode(JSON.stringify({ modelVersion, predictions }));
}
