import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Access } from '../aws/credentials';

/** The services that hold what there is to know of a project. */
export interface Clients {
  readonly sagemaker: SageMakerClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly cloudwatch: CloudWatchClient;
  readonly states: SFNClient;
  readonly s3: S3Client;
}

/** A service that is silent for longer is taken for unreachable, in milliseconds. */
const TIMEOUTS = { connectionTimeout: 4_000, requestTimeout: 20_000 };

export function clientsOf({ config }: Pick<Access, 'config'>): Clients {
  const settings = { requestHandler: TIMEOUTS, ...config };
  return {
    sagemaker: new SageMakerClient(settings),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient(settings)),
    cloudwatch: new CloudWatchClient(settings),
    states: new SFNClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: config.endpoint !== undefined }),
  };
}
