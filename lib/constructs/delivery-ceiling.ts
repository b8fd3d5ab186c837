import type { IConstruct } from 'constructs';
import { arnsOf } from './arns';
import { bootstrapRolesOf } from './bootstrap-roles';
import type { Permission } from './permissions';

/**
 * The most that a role of one project's delivery may be given: to build, to push images, and to become the role that
 * delivers or reviews in an environment, whichever accounts these are in.
 *
 * @param project name of the project
 */
export function deliveryCeiling(scope: IConstruct, project: string): Permission[] {
  return [
    { actions: USED, resources: ['*'] },
    {
      actions: ['iam:PassRole'],
      resources: [arnsOf(scope).role(`${project}-delivery-*`)],
      because: 'roles of this delivery, whose names begin with its name',
    },
    {
      actions: ['sts:AssumeRole'],
      resources: [
        ...Object.values(bootstrapRolesOf(scope)),
        'arn:aws:iam::*:role/mlops-*-delivery',
        'arn:aws:iam::*:role/mlops-*-review',
      ],
      because: 'environments lie in other accounts; their roles say which account they trust',
    },
  ];
}

const USED = [
  'codebuild:BatchGet*',
  'codebuild:BatchPutCodeCoverages',
  'codebuild:BatchPutTestCases',
  'codebuild:*Report*',
  'codebuild:StartBuild',
  'codebuild:StopBuild',
  'codeconnections:UseConnection',
  'codepipeline:Get*',
  'codepipeline:List*',
  'codepipeline:StartPipelineExecution',
  'codestar-connections:UseConnection',
  'ecr:Batch*',
  'ecr:CompleteLayerUpload',
  'ecr:Describe*',
  'ecr:Get*',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
  'lambda:InvokeFunction',
  'logs:Create*',
  'logs:Describe*',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:PutLogEvents',
  's3:AbortMultipartUpload',
  's3:GetBucket*',
  's3:GetObject*',
  's3:ListBucket*',
  's3:PutObject',
  'sns:Publish',
  'sqs:SendMessage',
  'xray:Put*',
];
