import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StartMonitoringEnv } from '../../lambda/start-monitoring/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey, keyArnOf } from './key-access';
import { allow } from './permissions';
import type { JobNetwork } from './sagemaker-role';

export interface StartMonitoringProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly project: string;
  readonly environment: string;
  readonly endpointName: string;
  readonly modelPackageGroup: string;

  /** Start of the monitoring jobs' names. */
  readonly jobPrefix: string;
  readonly stateTable: string;
  readonly artifactsBucket: string;
  readonly recordsBucket: string;
  readonly keyAlias: string;
  readonly jobRoleArn: string;
  readonly instance: string;
  readonly network: JobNetwork;
  readonly tags: Readonly<Record<string, string>>;
  readonly metricNamespace: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/** Lists what was captured and corrected since the last look, and starts a monitoring job over it. */
export class StartMonitoring extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: StartMonitoringProps) {
    super(scope, id);

    const environment: StartMonitoringEnv = {
      PROJECT: props.project,
      ENVIRONMENT: props.environment,
      ENDPOINT_NAME: props.endpointName,
      STATE_TABLE: props.stateTable,
      ARTIFACTS_BUCKET: props.artifactsBucket,
      RECORDS_BUCKET: props.recordsBucket,
      JOB_ROLE_ARN: props.jobRoleArn,
      INSTANCE_TYPE: props.instance,
      KEY_ARN: keyArnOf(this, props.keyAlias),
      SUBNET_IDS: props.network.subnetIds.join(','),
      SECURITY_GROUP_IDS: props.network.securityGroupId,
      TAGS: JSON.stringify(props.tags),
      METRIC_NAMESPACE: props.metricNamespace,
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Starts a monitoring job over what ${props.endpointName} answered since the last one`,
      handlers: props.handlers,
      handler: 'start-monitoring',
      environment: { ...environment },
      timeout: Duration.minutes(5),
      deadLetterQueue: props.deadLetterQueue,
    });
    this.function = handler.function;

    this.allowJobs(handler, props);
    this.allowLooking(handler, props);
    allowKey(handler.role, props.keyAlias);
  }

  private allowJobs({ role }: HandlerFunction, props: StartMonitoringProps): void {
    const { sagemaker } = arnsOf(this);
    allow(
      role,
      {
        actions: ['sagemaker:AddTags', 'sagemaker:CreateProcessingJob', 'sagemaker:DescribeProcessingJob'],
        resources: [sagemaker('processing-job', `${props.jobPrefix}*`)],
        because: 'every monitoring job has a name of its own, behind this prefix',
      },
      {
        actions: ['sagemaker:DescribeModelPackage'],
        resources: [sagemaker('model-package', `${props.modelPackageGroup}/*`)],
        because: 'any version of this one group may be in service',
      },
      {
        actions: ['iam:PassRole'],
        resources: [props.jobRoleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
      {
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': props.metricNamespace } },
        because: 'the action has no resource; the condition leaves one namespace',
      },
    );
  }

  private allowLooking({ role }: HandlerFunction, props: StartMonitoringProps): void {
    const arns = arnsOf(this);
    allow(
      role,
      {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [arns.table(props.stateTable)],
      },
      { actions: ['s3:ListBucket'], resources: [arns.bucket(props.recordsBucket)] },
      {
        actions: ['s3:PutObject'],
        resources: [arns.objects(props.artifactsBucket, 'monitor/')],
        because: 'the manifests lie below the name of the job',
      },
    );
  }
}
