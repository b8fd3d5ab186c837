import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { BudgetsClient } from '@aws-sdk/client-budgets';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { CodeStarConnectionsClient } from '@aws-sdk/client-codestar-connections';
import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { ClientConfig } from '../aws/credentials';

/** Costs and budgets are answered in one region, whatever the account's regions are. */
const BILLING_REGION = 'us-east-1';

/** A service that is still silent after this is taken for unreachable. */
const TIMEOUTS = { connectionTimeout: 4_000, requestTimeout: 20_000 };

/** The services that checks ask; each can only be read. */
export function readersOf(config: ClientConfig) {
  const settings = { maxAttempts: 4, requestHandler: TIMEOUTS, ...config };
  const billing = { ...settings, region: BILLING_REGION };
  return {
    apigateway: readOnly(new APIGatewayClient(settings)),
    budgets: readOnly(new BudgetsClient(billing)),
    cloudformation: readOnly(new CloudFormationClient(settings)),
    cloudwatch: readOnly(new CloudWatchClient(settings)),
    codepipeline: readOnly(new CodePipelineClient(settings)),
    connections: readOnly(new CodeStarConnectionsClient(settings)),
    costs: readOnly(new CostExplorerClient(billing)),
    dynamodb: readOnly(new DynamoDBClient(settings)),
    ec2: readOnly(new EC2Client(settings)),
    ecr: readOnly(new ECRClient(settings)),
    events: readOnly(new EventBridgeClient(settings)),
    iam: readOnly(new IAMClient(settings)),
    kms: readOnly(new KMSClient(settings)),
    lambda: readOnly(new LambdaClient(settings)),
    logs: readOnly(new CloudWatchLogsClient(settings)),
    quotas: readOnly(new ServiceQuotasClient(settings)),
    s3: readOnly(new S3Client(settings)),
    sagemaker: readOnly(new SageMakerClient(settings)),
    sns: readOnly(new SNSClient(settings)),
    sqs: readOnly(new SQSClient(settings)),
    ssm: readOnly(new SSMClient(settings)),
    states: readOnly(new SFNClient(settings)),
  };
}

export type Readers = ReturnType<typeof readersOf>;

/** Commands that change nothing, by the verb AWS begins their names with. */
export const READS = /^(Get|List|Describe|Head|Simulate)[A-Z]\w*Command$/;

/** A client that refuses, before anything is sent, every command that is not a reading one. */
export function readOnly<C extends { send: unknown }>(client: C): Pick<C, 'send'> {
  const send = client.send as (command: object) => unknown;
  const guarded = (command: object): unknown => {
    const { name } = command.constructor;
    if (!READS.test(name)) throw new Error(`doctor only reads, and ${name} does not`);
    return send.call(client, command);
  };
  return { send: guarded } as Pick<C, 'send'>;
}
