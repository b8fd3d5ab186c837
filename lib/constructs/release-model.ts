import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ReleaseModelEnv } from '../../lambda/release-model/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey, allowKeyForVolumes, keyArnOf } from './key-access';
import { allow } from './permissions';
import { TURN_SECONDS } from './release-states';
import type { JobNetwork } from './sagemaker-role';
import { allowScaling } from './scaling-access';

export interface ReleaseModelProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly endpointName: string;
  readonly modelPackageGroup: string;
  readonly stateMachineName: string;
  readonly stateTable: string;
  readonly ownerTopic: string;
  readonly artifactsBucket: string;
  readonly recordsBucket: string;
  readonly keyAlias: string;
  readonly modelRoleArn: string;
  readonly instance: string;

  /** Equal where the number of instances is fixed. */
  readonly instances: { readonly min: number; readonly max: number };

  /** What callers may ask for in a second, all together. */
  readonly requestsPerSecond: number;

  readonly release: 'all_at_once' | 'canary';

  /** Minutes that a canary is watched. */
  readonly bakeMinutes: number;

  /** Names of the alarms that take a canary back. */
  readonly alarms: readonly string[];

  /** Who approves models. */
  readonly approval: 'auto' | 'person';

  readonly network: JobNetwork;
  readonly fields: readonly string[];
  readonly targets: readonly string[];

  /** Tags of models, configs and the endpoint, which CloudFormation does not make. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Share of what an instance must bear at most that scaling aims at; AWS advises to begin with a half. */
const SAFETY_FACTOR = 0.5;

/**
 * Requests a minute and instance that scaling aims at.
 *
 * AWS's rule is `highest rate of one instance × safety factor × 60`. The highest rate is what the declaration says: all
 * instances together bear what all callers together may ask for. So the last instance is there when half of that comes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html
 */
function invocationsPerInstance({ requestsPerSecond, instances }: ReleaseModelProps): number {
  return Math.max(1, Math.round((requestsPerSecond / instances.max) * SAFETY_FACTOR * 60));
}

/** The release function: looks at the endpoint, decides the next step of a release and does it. */
export class ReleaseModel extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ReleaseModelProps) {
    super(scope, id);
    const topicArn = arnsOf(this).topic(props.ownerTopic);

    const environment: ReleaseModelEnv = {
      ENDPOINT_NAME: props.endpointName,
      MODEL_PACKAGE_GROUP: props.modelPackageGroup,
      STATE_TABLE: props.stateTable,
      OWNER_TOPIC_ARN: topicArn,
      MODEL_ROLE_ARN: props.modelRoleArn,
      INSTANCE_TYPE: props.instance,
      INSTANCES_MIN: String(props.instances.min),
      INSTANCES_MAX: String(props.instances.max),
      INVOCATIONS_PER_INSTANCE: String(invocationsPerInstance(props)),
      RELEASE: props.release,
      BAKE_MINUTES: String(props.bakeMinutes),
      ROLLBACK_ALARMS: props.alarms.join(','),
      APPROVAL: props.approval,
      CAPTURE_URI: `s3://${props.recordsBucket}/capture`,
      KEY_ARN: keyArnOf(this, props.keyAlias),
      SUBNET_IDS: props.network.subnetIds.join(','),
      SECURITY_GROUP_IDS: props.network.securityGroupId,
      FIELDS: props.fields.join(','),
      TARGETS: props.targets.join(','),
      TAGS: JSON.stringify(props.tags),
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Decides the next step of a release to the endpoint ${props.endpointName}`,
      handlers: props.handlers,
      handler: 'release-model',
      environment: { ...environment },
      timeout: Duration.seconds(TURN_SECONDS),
    });
    this.function = handler.function;

    this.allowRelease(handler, props);
    allowScaling(handler.role, props);
    allow(
      handler.role,
      {
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [arnsOf(this).table(props.stateTable)],
      },
      {
        actions: ['s3:GetObject'],
        resources: [arnsOf(this).objects(props.artifactsBucket, 'runs/*/evaluation/')],
        because: 'the classes of a version are in the evaluation of its run, and any run may be released',
      },
      { actions: ['sns:Publish'], resources: [topicArn] },
      {
        // SageMaker looks at them for whoever names them in an update, and the function looks which of them ring.
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
        actions: ['cloudwatch:DescribeAlarms'],
        resources: ['*'],
        because:
          'CloudWatch tells of all kinds of alarms only to who may describe every one, whichever the request names; it reads and changes nothing',
      },
      {
        actions: ['states:DescribeExecution'],
        resources: [arnsOf(this).executions(props.stateMachineName)],
        because: 'a holder of the lease is any run of this one state machine',
      },
    );
    allowKey(handler.role, props.keyAlias);
    // Whoever makes an endpoint lets SageMaker use the key of its volumes.
    allowKeyForVolumes(handler.role, props.keyAlias);
  }

  private allowRelease({ role }: HandlerFunction, props: ReleaseModelProps): void {
    const { sagemaker } = arnsOf(this);
    const endpoint = sagemaker('endpoint', props.endpointName);
    const configs = sagemaker('endpoint-config', `${props.endpointName}-v*`);
    const models = sagemaker('model', `${props.endpointName}-v*`);
    allow(
      role,
      { actions: ['sagemaker:DeleteEndpoint', 'sagemaker:DescribeEndpoint'], resources: [endpoint] },
      { actions: ['sagemaker:InvokeEndpoint'], resources: [endpoint] },
      {
        actions: ['sagemaker:CreateEndpoint', 'sagemaker:UpdateEndpoint'],
        resources: [endpoint, configs],
        because: 'a config is named by version and hash of its settings, behind the name of this endpoint',
      },
      {
        actions: ['sagemaker:CreateEndpointConfig', 'sagemaker:DescribeEndpointConfig'],
        resources: [configs],
        because: 'a config is named by version and hash of its settings, behind the name of this endpoint',
      },
      {
        actions: ['sagemaker:CreateModel', 'sagemaker:DescribeModel'],
        resources: [models],
        because: 'a model is named by version and hash of its settings, behind the name of this endpoint',
      },
      {
        actions: ['sagemaker:AddTags'],
        resources: [endpoint, configs, models],
        because: 'tags are given while these are made, under the same names',
      },
      {
        actions: ['sagemaker:DescribeModelPackage'],
        resources: [sagemaker('model-package', `${props.modelPackageGroup}/*`)],
        because: 'any version of this one group may be approved',
      },
      {
        actions: ['iam:PassRole'],
        resources: [props.modelRoleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
    );
  }
}
