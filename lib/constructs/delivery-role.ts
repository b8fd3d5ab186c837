import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { arnsOf } from './arns';
import { bootstrapRolesOf } from './bootstrap-roles';
import { allow, type Permission, rolesNamed } from './permissions';

export interface DeliveryRoleProps {
  readonly roleName: string;
  readonly environment: string;

  /** Account that builds and delivers; may be this one. */
  readonly deliveryAccount: string;

  /** Name that the roles in that account have which deliver to this environment, as a pattern. */
  readonly trusted: string;
}

/**
 * What delivery may do in an environment: hand stacks to the roles of `cdk bootstrap`, bring code and data, start a
 * training and a release, and read how they went.
 *
 *     CodeBuild in the delivery account → this role → roles of cdk bootstrap, here
 *
 * Those roles need to trust their own account only: the delivery account reaches them by this role or not at all. The role
 * is there before any project is, so the trust names the account, and the names that its roles have which deliver to this
 * environment: what runs for another one, before anybody approved this one, does not become it.
 *
 * A session of one role that assumed another ends after an hour, whatever either allows: who waits longer asks anew.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
export class DeliveryRole extends Construct {
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: DeliveryRoleProps) {
    super(scope, id);
    const { deliveryAccount, trusted, environment } = props;
    this.role = new iam.Role(this, 'Resource', {
      roleName: props.roleName,
      description: `What delivery may do in ${environment}`,
      assumedBy: rolesNamed(trusted, deliveryAccount),
    });
    allow(
      this.role,
      { actions: ['sts:AssumeRole'], resources: Object.values(bootstrapRolesOf(this)) },
      ...this.bringing(environment),
      ...this.starting(environment),
      ...this.reading(environment),
    );
  }

  /** Code and data of every project here, and what the owners of data let this role read. */
  private bringing(environment: string): Permission[] {
    const { account, region } = Stack.of(this);
    const { bucket, objects } = arnsOf(this);
    const artifacts = `*-${environment}-artifacts-${account}-${region}`;
    return [
      {
        actions: ['s3:GetObject'],
        resources: ['code/', 'data/', 'runs/'].map((prefix) => objects(artifacts, prefix)),
        because: `${EVERY_PROJECT}; below these prefixes objects are named by content and execution`,
      },
      {
        actions: ['s3:PutObject'],
        resources: ['code/', 'data/'].map((prefix) => objects(artifacts, prefix)),
        because: `${EVERY_PROJECT}; code and data are named by their content, which is not known before`,
      },
      { actions: ['s3:ListBucket'], resources: [bucket(artifacts)], because: EVERY_PROJECT },
      {
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
        resources: [Stack.of(this).formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
        conditions: { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': `alias/*-${environment}` } },
        because: `${EVERY_PROJECT}; a policy cannot name a key by its alias, so the condition does`,
      },
      {
        // In this account the policy of a bucket is enough by itself.
        actions: ['kms:Decrypt', 's3:GetObject', 's3:ListBucket'],
        resources: ['*'],
        conditions: { StringNotEquals: { 'aws:ResourceAccount': account } },
        because:
          'data of projects in buckets of other accounts, whose owners decide: without their bucket and key policies, which name this role, it reads nothing',
      },
    ];
  }

  private starting(environment: string): Permission[] {
    const { role, sagemaker } = arnsOf(this);
    const smoke = [sagemaker('training-job', `*-${environment}-smoke-*`)];
    return [
      {
        actions: ['lambda:InvokeFunction'],
        resources: [this.arn('lambda', `function:*-${environment}-start-training`)],
        because: EVERY_PROJECT,
      },
      {
        actions: ['states:StartExecution'],
        resources: [this.arn('states', `stateMachine:*-${environment}-release`)],
        because: EVERY_PROJECT,
      },
      {
        actions: ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'].map(
          (action) => `sagemaker:${action}`,
        ),
        resources: smoke,
        because: `${EVERY_PROJECT}; a smoke test has a name of its own each time, behind this prefix`,
      },
      {
        actions: ['iam:PassRole'],
        resources: [role(`*-${environment}-job`)],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        because: `${EVERY_PROJECT}: a smoke test runs as the jobs of its project do`,
      },
      {
        // A smoke test runs in the network that the platform published.
        actions: ['ssm:GetParameters'],
        resources: [this.arn('ssm', `parameter/mlops/${environment}/platform/*`)],
        because: 'the network is published as a parameter a subnet, and their number is the platform’s',
      },
    ];
  }

  private reading(environment: string): Permission[] {
    const { executions, sagemaker, table } = arnsOf(this);
    const prefix = `*-${environment}`;
    return [
      {
        actions: ['sagemaker:DescribePipelineExecution', 'sagemaker:ListPipelineExecutionSteps'],
        resources: [sagemaker('pipeline', `${prefix}/execution/*`)],
        because: `${EVERY_PROJECT}; an execution has an id that is not known before`,
      },
      {
        actions: ['sagemaker:ListPipelineExecutions'],
        resources: [sagemaker('pipeline', prefix)],
        because: EVERY_PROJECT,
      },
      {
        actions: ['sagemaker:DescribeEndpoint'],
        resources: [sagemaker('endpoint', prefix)],
        because: EVERY_PROJECT,
      },
      {
        actions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
        resources: [sagemaker('model-package-group', prefix), sagemaker('model-package', `${prefix}/*`)],
        because: `${EVERY_PROJECT}; packages are numbered`,
      },
      {
        actions: ['states:DescribeExecution'],
        resources: [executions(`${prefix}-release`)],
        because: EVERY_PROJECT,
      },
      { actions: ['dynamodb:GetItem'], resources: [table(`${prefix}-state`)], because: EVERY_PROJECT },
      {
        actions: ['logs:GetLogEvents', 'logs:FilterLogEvents'],
        resources: [this.arn('logs', 'log-group:/aws/sagemaker/TrainingJobs:*')],
        because: 'the log of a smoke test lies in the one group that SageMaker has for trainings',
      },
      {
        actions: [
          'cloudformation:DescribeStackEvents',
          'cloudformation:DescribeStacks',
          'cloudformation:GetTemplate',
          'cloudformation:ListStackResources',
        ],
        resources: [
          this.arn('cloudformation', `stack/${prefix}-*/*`),
          this.arn('cloudformation', `stack/${environment}-platform/*`),
        ],
        because: `${EVERY_PROJECT}; the id of a stack is made by CloudFormation`,
      },
    ];
  }

  private arn(service: string, resource: string): string {
    return Stack.of(this).formatArn({ service, resource });
  }
}

/** The reason of every pattern on names: which projects there will be is not known when the platform is deployed. */
const EVERY_PROJECT =
  'one role delivers every project of this environment, by the names their resources have; the platform is deployed before they exist';
