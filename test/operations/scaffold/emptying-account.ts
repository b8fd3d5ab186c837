import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelPackageGroupCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  ListPipelineExecutionsCommand,
  SageMakerClient,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';

/** What is there, by name; deletions take it away and are noted in `done`. */
export interface Account {
  readonly account: string;
  readonly stacks: Set<string>;
  readonly endpoints: Map<string, { status: string; config: string }>;
  readonly names: { configs: string[]; models: string[] };
  readonly executions: Map<string, string>;
  readonly buckets: Set<string>;
  readonly tables: Set<string>;
  readonly done: string[];
  /** A call that fails once, with this message. */
  refuse?: { readonly what: string; readonly message: string } | undefined;
}

const absent = (name: string, message: string) => Object.assign(new Error(message), { name });

/** AWS clients that answer from one account in memory, in the words of the services. */
export function emptyingAccount(account: Account): { restore: () => void } {
  const note = (what: string) => {
    if (account.refuse?.what === what) {
      const { message } = account.refuse;
      account.refuse = undefined;
      throw absent('AccessDeniedException', message);
    }
    account.done.push(what);
  };
  const sts = mockClient(STSClient);
  sts.on(GetCallerIdentityCommand).resolves({
    Account: account.account,
    Arn: `arn:aws:sts::${account.account}:assumed-role/admin/jo`,
  });

  const cloudformation = mockClient(CloudFormationClient);
  cloudformation.on(DescribeStacksCommand).callsFake(({ StackName }) => {
    if (!account.stacks.has(StackName))
      throw absent('ValidationError', `Stack with id ${StackName} does not exist`);
    return { Stacks: [{ StackName, StackStatus: 'UPDATE_COMPLETE' }] };
  });
  cloudformation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
  cloudformation.on(DeleteStackCommand).callsFake(({ StackName }) => {
    note(`stack ${StackName}`);
    account.stacks.delete(StackName);
  });

  const sagemaker = mockClient(SageMakerClient);
  sagemaker.on(DescribeEndpointCommand).callsFake(({ EndpointName }) => {
    const found = account.endpoints.get(EndpointName);
    if (!found) throw absent('ValidationException', `Could not find endpoint "${EndpointName}".`);
    const now = { EndpointName, EndpointStatus: found.status, EndpointConfigName: found.config };
    if (found.status === 'Updating') found.status = 'InService';
    return now;
  });
  sagemaker.on(DescribeEndpointConfigCommand).resolves({
    ProductionVariants: [{ VariantName: 'AllTraffic', InstanceType: 'ml.m5.large', InitialInstanceCount: 2 }],
  });
  sagemaker.on(DeleteEndpointCommand).callsFake(({ EndpointName }) => {
    if (account.endpoints.get(EndpointName)?.status !== 'InService') {
      throw absent('ValidationException', 'Cannot update in-progress endpoint');
    }
    note(`endpoint ${EndpointName}`);
    account.endpoints.delete(EndpointName);
  });
  sagemaker.on(ListEndpointConfigsCommand).callsFake(() => ({
    EndpointConfigs: account.names.configs.map((EndpointConfigName) => ({ EndpointConfigName })),
  }));
  sagemaker.on(ListModelsCommand).callsFake(() => ({
    Models: account.names.models.map((ModelName) => ({ ModelName })),
  }));
  sagemaker
    .on(DeleteEndpointConfigCommand)
    .callsFake(({ EndpointConfigName }) => note(`config ${EndpointConfigName}`));
  sagemaker.on(DeleteModelCommand).callsFake(({ ModelName }) => note(`model ${ModelName}`));
  sagemaker.on(ListPipelineExecutionsCommand).callsFake(() => ({
    PipelineExecutionSummaries: [...account.executions].map(
      ([PipelineExecutionArn, PipelineExecutionStatus]) => ({
        PipelineExecutionArn,
        PipelineExecutionStatus,
      }),
    ),
  }));
  sagemaker.on(StopPipelineExecutionCommand).callsFake(({ PipelineExecutionArn }) => {
    note(`training ${PipelineExecutionArn}`);
    account.executions.set(PipelineExecutionArn, 'Stopped');
  });
  sagemaker.on(DescribeModelPackageGroupCommand).callsFake(({ ModelPackageGroupName }) => {
    throw absent('ValidationException', `ModelPackageGroup ${ModelPackageGroupName} does not exist.`);
  });

  const scaling = mockClient(ApplicationAutoScalingClient);
  scaling
    .on(DeregisterScalableTargetCommand)
    .rejects(absent('ObjectNotFoundException', 'No scalable target found'));

  const s3 = mockClient(S3Client);
  const inBucket = (Bucket: string) => {
    if (!account.buckets.has(Bucket)) throw absent('NoSuchBucket', 'The specified bucket does not exist');
  };
  s3.on(HeadBucketCommand).callsFake(({ Bucket }) => {
    inBucket(Bucket);
    return {};
  });
  s3.on(GetBucketEncryptionCommand).callsFake(({ Bucket }) => {
    inBucket(Bucket);
    const ApplyServerSideEncryptionByDefault = {
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: `key-of-${Bucket}`,
    };
    return { ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] } };
  });
  const full = new Set(account.buckets);
  s3.on(ListObjectVersionsCommand).callsFake(({ Bucket }) =>
    full.has(Bucket)
      ? { Versions: [{ Key: 'a', VersionId: '1' }], DeleteMarkers: [{ Key: 'a', VersionId: '2' }] }
      : {},
  );
  s3.on(DeleteObjectsCommand).callsFake(({ Bucket, Delete }) => {
    note(`${Delete.Objects.length} versions in ${Bucket}`);
    full.delete(Bucket);
    return {};
  });
  s3.on(DeleteBucketCommand).callsFake(({ Bucket }) => {
    note(`bucket ${Bucket}`);
    account.buckets.delete(Bucket);
  });

  const dynamodb = mockClient(DynamoDBClient);
  dynamodb.on(DescribeTableCommand).callsFake(({ TableName }) => {
    if (!account.tables.has(TableName))
      throw absent('ResourceNotFoundException', 'Requested resource not found');
    return { Table: { TableName, TableStatus: 'ACTIVE' } };
  });
  dynamodb.on(DeleteTableCommand).callsFake(({ TableName }) => {
    note(`table ${TableName}`);
    account.tables.delete(TableName);
  });
  const ecr = mockClient(ECRClient);
  ecr.on(DescribeRepositoriesCommand).rejects(absent('RepositoryNotFoundException', 'it does not exist'));
  const logs = mockClient(CloudWatchLogsClient);
  logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [] });
  const kms = mockClient(KMSClient);
  kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k' } });
  kms.on(ScheduleKeyDeletionCommand).callsFake(({ KeyId }) => note(`key ${KeyId}`));
  const all = [sts, cloudformation, sagemaker, scaling, s3, dynamodb, ecr, logs, kms];
  return {
    restore: () => {
      for (const mock of all) mock.restore();
    },
  };
}
