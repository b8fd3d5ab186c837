import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { TargetsItem } from './contract';
import type { Target } from './decide';
import { targetsAfter } from './targets';

interface Clients {
  readonly dynamo: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
}

/** The item `targets`: which classes the model in service knows, for callers to ask. */
export function targetsRecord({ dynamo, s3, sagemaker }: Clients, table: string) {
  const Key = { pk: 'targets' };

  return {
    /**
     * Writes the classes of the version in service down, once: asked again for the same version it changes nothing.
     *
     * @returns what was done, for the log; undefined where it was done before
     * @throws what AWS throws, and where an evaluation names no classes; the item is then as it was, and says so by its
     *   version
     */
    async keep({ version, packageArn }: Target, now: string): Promise<string | undefined> {
      const { Item } = await dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      const before = Item as TargetsItem | undefined;
      if (before?.modelVersion === version) return undefined;

      const { modelVersion, targets } = targetsAfter(before, version, await labelsOf(packageArn), now);
      await dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key,
          UpdateExpression: 'SET #modelVersion = :version, #targets = :targets',
          // Whoever holds the lease writes; one whose lease ran out meanwhile must not write over the next.
          ConditionExpression: before ? '#modelVersion = :before' : 'attribute_not_exists(#modelVersion)',
          ExpressionAttributeNames: { '#modelVersion': 'modelVersion', '#targets': 'targets' },
          ExpressionAttributeValues: {
            ':version': modelVersion,
            ':targets': targets,
            ...(before && { ':before': before.modelVersion }),
          },
        }),
      );
      return `the classes of version ${version} are listed`;
    },
  };

  /** Classes by target, from the evaluation that the package names. */
  async function labelsOf(packageArn: string): Promise<Record<string, string[]>> {
    const { ModelMetrics } = await sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: packageArn }),
    );
    const uri = ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri ?? '') ?? [];
    if (!Bucket || !Key) throw new Error(`${packageArn} names no evaluation`);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const { labels } = JSON.parse((await Body?.transformToString()) ?? '{}') as { labels?: unknown };
    if (!areLabels(labels)) {
      throw new Error(`${uri} names no classes: it is of a version trained before evaluations did`);
    }
    return labels;
  }
}

function areLabels(labels: unknown): labels is Record<string, string[]> {
  if (typeof labels !== 'object' || labels === null) return false;
  const lists = Object.values(labels);
  return (
    lists.length > 0 &&
    lists.every((list) => Array.isArray(list) && list.every((name) => typeof name === 'string'))
  );
}
