import { GetRestApiCommand } from '@aws-sdk/client-api-gateway';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetPipelineCommand } from '@aws-sdk/client-codepipeline';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetPolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { DescribeModelPackageGroupCommand, DescribePipelineCommand } from '@aws-sdk/client-sagemaker';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Readers } from './readers';

/** What one resource turned out to be. */
export type Seen = 'there' | 'gone' | 'disabled' | 'being deleted';

/** How a kind of resource is looked at, and what it is called in a sentence. */
export interface Look {
  readonly noun: string;
  /** Throws what the service says of a resource that is not there. */
  readonly at: (aws: Readers, id: string) => Promise<Seen>;
  /** What comes back with it, or does not. */
  readonly loss?: string;
}

const there = (asked: Promise<unknown>): Promise<Seen> => asked.then(() => 'there' as const);

/** For listings, which have no error for what they do not find. */
const listedOrGone = (found: unknown): Seen => (found ? 'there' : 'gone');

/**
 * The types of resources that the loop stands on, by their CloudFormation names. Roles' policies,
 * permissions, subscriptions and the like are not looked at one by one: `npx cdk drift` compares everything.
 */
export const LOOKS: Readonly<Record<string, Look>> = {
  'AWS::S3::Bucket': {
    noun: 'bucket',
    at: ({ s3 }, Bucket) => there(s3.send(new HeadBucketCommand({ Bucket }))),
    loss: 'it comes back empty: what was in it is gone',
  },
  'AWS::DynamoDB::Table': {
    noun: 'table',
    at: ({ dynamodb }, TableName) => there(dynamodb.send(new DescribeTableCommand({ TableName }))),
    loss: 'it comes back empty; for 35 days its last state is in a system backup, see `aws dynamodb list-backups --backup-type SYSTEM`',
  },
  'AWS::KMS::Key': {
    noun: 'key',
    at: async ({ kms }, KeyId) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState === 'PendingDeletion') return 'being deleted';
      return KeyMetadata?.KeyState === 'Disabled' ? 'disabled' : 'there';
    },
    loss: 'what it encrypted cannot be read again',
  },
  'AWS::Lambda::Function': {
    noun: 'function',
    at: ({ lambda }, FunctionName) =>
      there(lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
  },
  'AWS::SageMaker::Pipeline': {
    noun: 'SageMaker pipeline',
    at: ({ sagemaker }, PipelineName) => there(sagemaker.send(new DescribePipelineCommand({ PipelineName }))),
    loss: 'the list of its past executions is gone',
  },
  'AWS::SageMaker::ModelPackageGroup': {
    noun: 'model package group',
    at: ({ sagemaker }, ModelPackageGroupName) =>
      there(sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName }))),
    loss: 'it comes back without versions: train again',
  },
  'AWS::SNS::Topic': {
    noun: 'topic',
    at: ({ sns }, TopicArn) => there(sns.send(new GetTopicAttributesCommand({ TopicArn }))),
    loss: 'its readers have to confirm again',
  },
  'AWS::SQS::Queue': {
    noun: 'queue',
    at: ({ sqs }, QueueUrl) => there(sqs.send(new GetQueueAttributesCommand({ QueueUrl }))),
  },
  'AWS::Logs::LogGroup': {
    noun: 'log group',
    at: async ({ logs }, logGroupNamePrefix) => {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
      return listedOrGone(logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix));
    },
    loss: 'what was written is gone',
  },
  'AWS::IAM::Role': {
    noun: 'role',
    at: ({ iam }, RoleName) => there(iam.send(new GetRoleCommand({ RoleName }))),
  },
  'AWS::IAM::ManagedPolicy': {
    noun: 'policy',
    at: ({ iam }, PolicyArn) => there(iam.send(new GetPolicyCommand({ PolicyArn }))),
  },
  'AWS::StepFunctions::StateMachine': {
    noun: 'state machine',
    at: ({ states }, stateMachineArn) =>
      there(states.send(new DescribeStateMachineCommand({ stateMachineArn }))),
  },
  'AWS::Events::Rule': {
    noun: 'rule',
    at: async ({ events }, id) => {
      const [Name, EventBusName] = id.split('|').reverse();
      const { State } = await events.send(new DescribeRuleCommand({ Name, EventBusName }));
      return State === 'DISABLED' ? 'disabled' : 'there';
    },
  },
  'AWS::CloudWatch::Alarm': {
    noun: 'alarm',
    at: async ({ cloudwatch }, name) => {
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
      return listedOrGone(MetricAlarms[0]);
    },
  },
  'AWS::ApiGateway::RestApi': {
    noun: 'API',
    at: ({ apigateway }, restApiId) => there(apigateway.send(new GetRestApiCommand({ restApiId }))),
    loss: 'it comes back with another address, which callers have to be told',
  },
  'AWS::ECR::Repository': {
    noun: 'image repository',
    at: ({ ecr }, name) => there(ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }))),
    loss: 'the next delivery makes its images again; models in service keep running until their instances change',
  },
  'AWS::CodePipeline::Pipeline': {
    noun: 'delivery pipeline',
    at: ({ codepipeline }, name) => there(codepipeline.send(new GetPipelineCommand({ name }))),
  },
};
