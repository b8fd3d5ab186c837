import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { arnsOf } from './arns';
import { bootstrapRolesOf } from './bootstrap-roles';
import type { Permission } from './permissions';

/**
 * The most that a role of an environment may be given, service by service: what the loop uses, and nothing that changes
 * who may do what.
 *
 * Adding an action here allows nothing by itself; a test says when a role was given one that is not here.
 */
export function environmentCeiling(scope: IConstruct, environment: string): Permission[] {
  const { account } = Stack.of(scope);
  return [
    { actions: USED, resources: ['*'] },
    {
      actions: ['iam:PassRole'],
      resources: [arnsOf(scope).role(`*-${environment}-*`)],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      because: 'roles of this environment, whose names hold its name, and to SageMaker only',
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [
        `arn:aws:iam::${account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/*`,
      ],
      because: 'the role that AWS makes for itself when the first endpoint of an account scales',
    },
    {
      actions: ['cloudwatch:DeleteAlarms', 'cloudwatch:PutMetricAlarm'],
      resources: [arnsOf(scope).alarm('TargetTracking-*')],
      because: 'the alarms that Application Auto Scaling makes for whoever lets an endpoint scale',
    },
    {
      actions: ['s3:DeleteObject'],
      resources: ['arn:aws:s3:::*/checkpoints/*'],
      because:
        'SageMaker deletes in S3 what a training on spare capacity deletes of its checkpoints, and nothing else',
    },
    { actions: ['sts:AssumeRole'], resources: Object.values(bootstrapRolesOf(scope)) },
  ];
}

const USED = [
  'application-autoscaling:DeleteScalingPolicy',
  'application-autoscaling:DeregisterScalableTarget',
  'application-autoscaling:Describe*',
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:RegisterScalableTarget',
  'application-autoscaling:TagResource',
  'cloudformation:Describe*',
  'cloudformation:GetTemplate*',
  'cloudformation:List*',
  'cloudwatch:Describe*',
  'cloudwatch:GetMetric*',
  'cloudwatch:PutMetricData',
  'dynamodb:DescribeTable',
  'dynamodb:*Item',
  'dynamodb:Query',
  'ec2:*NetworkInterface*',
  'ec2:Describe*',
  'ecr:Batch*',
  'ecr:Describe*',
  'ecr:Get*',
  'events:PutEvents',
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
  'lambda:InvokeFunction',
  'logs:Create*',
  'logs:DeleteLogDelivery',
  'logs:Describe*',
  'logs:FilterLogEvents',
  'logs:Get*',
  'logs:ListLogDeliveries',
  'logs:PutLogEvents',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:GetObject*',
  's3:ListBucket*',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectTagging',
  'sagemaker:AddTags',
  'sagemaker:Create*Job',
  'sagemaker:CreateEndpoint*',
  'sagemaker:CreateModel*',
  'sagemaker:DeleteEndpoint*',
  'sagemaker:DeleteModel',
  'sagemaker:Describe*',
  'sagemaker:InvokeEndpoint',
  'sagemaker:List*',
  'sagemaker:StartPipelineExecution',
  'sagemaker:Stop*',
  'sagemaker:UpdateEndpoint*',
  'sagemaker:UpdateModelPackage',
  'sns:Publish',
  'sqs:SendMessage',
  'ssm:GetParameter*',
  'states:DescribeExecution',
  'states:ListExecutions',
  'states:StartExecution',
  'xray:Get*',
  'xray:Put*',
];
