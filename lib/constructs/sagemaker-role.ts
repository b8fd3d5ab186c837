import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { allowKey, allowKeyForVolumes } from './key-access';
import { allow, servicePrincipal } from './permissions';

/** Where machines of SageMaker run. */
export interface JobNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
}

export interface SageMakerRoleProps {
  readonly roleName: string;
  readonly description: string;

  /** Log groups, below `/aws/sagemaker/`, that its machines write to. */
  readonly logGroups: readonly string[];

  /** ECR repositories that its images come from. */
  readonly repositoryArns: readonly string[];

  /** Alias of the key of the data and volumes. */
  readonly keyAlias: string;

  readonly network: JobNetwork;
}

/**
 * A role that jobs or models of SageMaker run as: it pulls images, writes logs and metrics, attaches to the network
 * and uses the project's key. Which objects it may touch is added by whoever makes it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
 */
export class SageMakerRole extends Construct {
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: SageMakerRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);

    this.role = new iam.Role(this, 'Resource', {
      roleName: props.roleName,
      description: props.description,
      assumedBy: servicePrincipal('sagemaker.amazonaws.com', stack.account),
    });
    this.allowImages(props.repositoryArns);
    this.allowLogs(stack, props.logGroups);
    this.allowNetwork(stack, props.network);
    allowKey(this.role, props.keyAlias);
    allowKeyForVolumes(this.role, props.keyAlias);
  }

  private allowImages(repositoryArns: readonly string[]): void {
    allow(
      this.role,
      {
        actions: ['ecr:GetAuthorizationToken'],
        resources: ['*'],
        because:
          'the action has no resource; the token gives only what the statement about the repository gives',
      },
      {
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: repositoryArns,
      },
    );
  }

  private allowLogs(stack: Stack, logGroups: readonly string[]): void {
    const arns = logGroups.map((group) =>
      stack.formatArn({ service: 'logs', resource: `log-group:/aws/sagemaker/${group}:*` }),
    );
    allow(
      this.role,
      {
        actions: [
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:DescribeLogStreams',
          'logs:PutLogEvents',
        ],
        resources: arns,
        because:
          'SageMaker names the log streams after jobs that do not exist yet; the log groups are its own',
      },
      {
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
        because: 'the action has no resource; the condition leaves SageMaker’s own namespaces',
      },
    );
  }

  private allowNetwork(stack: Stack, { subnetIds, securityGroupId }: JobNetwork): void {
    const ec2 = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'ec2', resource, resourceName });
    allow(
      this.role,
      {
        actions: ['ec2:CreateNetworkInterface'],
        resources: [
          ...subnetIds.map((subnet) => ec2('subnet', subnet)),
          ec2('security-group', securityGroupId),
          ec2('network-interface', '*'),
        ],
        because: 'a network interface has no id before it is made; subnets and security group are named',
      },
      {
        actions: [
          'ec2:CreateNetworkInterfacePermission',
          'ec2:DeleteNetworkInterface',
          'ec2:DeleteNetworkInterfacePermission',
        ],
        resources: [ec2('network-interface', '*')],
        because: 'SageMaker makes and removes the interfaces of its machines; their ids are not known before',
      },
      {
        actions: [
          'ec2:DescribeDhcpOptions',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcEndpoints',
          'ec2:DescribeVpcs',
        ],
        resources: ['*'],
        because: 'EC2 has no resource-level permission for descriptions; they read and change nothing',
      },
    );
  }
}
