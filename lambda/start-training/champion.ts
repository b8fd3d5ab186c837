import { DescribeModelPackageCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';

/** The model in service: what the next one is compared with. */
export interface Champion {
  readonly packageArn: string;
  readonly modelUri: string;
  readonly image: string;
  /** What it was made from; undefined for a package that was not registered by this pipeline. */
  readonly fingerprint: string | undefined;
  readonly dataVersion: string | undefined;
}

/**
 * The package that the release record calls current, or undefined before the first release.
 *
 * @throws when that package has no model or image: then nothing could be compared with it
 */
export async function championOf(
  dynamo: DynamoDBDocumentClient,
  table: string,
  sagemaker: SageMakerClient,
): Promise<Champion | undefined> {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: table, Key: { pk: 'release' }, ConsistentRead: true }),
  );
  const packageArn: string | undefined = Item?.current?.packageArn;
  if (!packageArn) return undefined;

  const description = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  const container = description.InferenceSpecification?.Containers?.[0];
  if (!container?.ModelDataUrl || !container.Image) {
    throw new Error(`${packageArn} names no model data and image: release another version, then start again`);
  }
  return {
    packageArn,
    modelUri: container.ModelDataUrl,
    image: container.Image,
    fingerprint: description.CustomerMetadataProperties?.fingerprint,
    dataVersion: description.CustomerMetadataProperties?.dataVersion,
  };
}
