import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { StartMonitoringEnv } from './contract';
import { startMonitoring } from './start-monitoring';
import { VARIABLES } from './variables';

export const handler = startMonitoring({
  sagemaker: new SageMakerClient({}),
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  }),
  s3: new S3Client({}),
  cloudwatch: new CloudWatchClient({}),
  settings: requireEnvironment<StartMonitoringEnv>(VARIABLES),
  now: () => new Date(),
});
