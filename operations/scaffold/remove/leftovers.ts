import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { GetBucketEncryptionCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeModelPackageGroupCommand,
  paginateListModelPackages,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { ClientConfig } from '../../aws/credentials';
import { unlessAbsent } from './absent';
import { deleteBucket } from './buckets';
import type { Place } from './places';

/** Something that outlives the stacks of a project. */
export interface Leftover {
  readonly what: 'bucket' | 'table' | 'models' | 'images' | 'log group' | 'key';
  readonly name: string;
  /** Deletes it for good. */
  readonly remove: () => Promise<unknown>;
}

/** Days in which the deletion of a key can be taken back: the most that KMS gives. */
export const KEY_DAYS = 30;

/**
 * What is there of all that outlives the stacks of a place. The key comes last: it reads all the rest.
 *
 * @param deployed whether stacks of it are there, which own some of it still
 */
export async function leftoversOf(
  config: ClientConfig,
  { kept }: Place,
  deployed: boolean,
): Promise<Leftover[]> {
  const logGroups = deployed ? kept.logGroups : [...kept.logGroups, ...kept.lateLogGroups];
  const found = await Promise.all([
    ...kept.buckets.map((name) => bucket(config, name)),
    ...kept.tables.map((name) => table(config, name)),
    kept.packageGroup === undefined ? undefined : packages(config, kept.packageGroup),
    kept.repository === undefined ? undefined : images(config, kept.repository),
    ...logGroups.map((name) => logGroup(config, name)),
    key(config, kept.key.bucket),
  ]);
  return found.filter((each) => each !== undefined);
}

/** Buckets are asked for by their own addresses, which an emulator or a proxy may not resolve. */
const s3 = (config: ClientConfig): S3Client =>
  new S3Client({ ...config, forcePathStyle: 'endpoint' in config });

async function bucket(config: ClientConfig, name: string): Promise<Leftover | undefined> {
  const client = s3(config);
  const found = await unlessAbsent(() => client.send(new HeadBucketCommand({ Bucket: name })));
  return found && { what: 'bucket', name, remove: () => deleteBucket(client, name) };
}

async function table(config: ClientConfig, name: string): Promise<Leftover | undefined> {
  const client = new DynamoDBClient(config);
  const found = await unlessAbsent(() => client.send(new DescribeTableCommand({ TableName: name })));
  if (!found || found.Table?.TableStatus === 'DELETING') return undefined;
  const remove = () => client.send(new DeleteTableCommand({ TableName: name }));
  return { what: 'table', name, remove };
}

async function packages(config: ClientConfig, name: string): Promise<Leftover | undefined> {
  const client = new SageMakerClient(config);
  const input = { ModelPackageGroupName: name };
  const found = await unlessAbsent(() => client.send(new DescribeModelPackageGroupCommand(input)));
  const remove = async () => {
    const arns: string[] = [];
    for await (const page of paginateListModelPackages({ client }, input)) {
      arns.push(...(page.ModelPackageSummaryList ?? []).map(({ ModelPackageArn = '' }) => ModelPackageArn));
    }
    // A group that holds a package cannot be deleted.
    for (const ModelPackageName of arns) {
      await unlessAbsent(() => client.send(new DeleteModelPackageCommand({ ModelPackageName })));
    }
    await client.send(new DeleteModelPackageGroupCommand(input));
  };
  return found && { what: 'models', name, remove };
}

async function images(config: ClientConfig, name: string): Promise<Leftover | undefined> {
  const client = new ECRClient(config);
  const found = await unlessAbsent(() =>
    client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })),
  );
  const remove = () => client.send(new DeleteRepositoryCommand({ repositoryName: name, force: true }));
  return found && { what: 'images', name, remove };
}

async function logGroup(config: ClientConfig, name: string): Promise<Leftover | undefined> {
  const client = new CloudWatchLogsClient(config);
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  if (!logGroups.some(({ logGroupName }) => logGroupName === name)) return undefined;
  return {
    what: 'log group',
    name,
    remove: () => client.send(new DeleteLogGroupCommand({ logGroupName: name })),
  };
}

/** Its alias is gone with the stack; the bucket that it encrypts still says which it is. */
async function key(config: ClientConfig, bucketName: string): Promise<Leftover | undefined> {
  const encryption = await unlessAbsent(() =>
    s3(config).send(new GetBucketEncryptionCommand({ Bucket: bucketName })),
  );
  const [rule] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const KeyId = rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID;
  if (!KeyId) return undefined;
  const client = new KMSClient(config);
  const found = await unlessAbsent(() => client.send(new DescribeKeyCommand({ KeyId })));
  if (!found || found.KeyMetadata?.DeletionDate) return undefined;
  const remove = () => client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: KEY_DAYS }));
  return { what: 'key', name: KeyId, remove };
}
