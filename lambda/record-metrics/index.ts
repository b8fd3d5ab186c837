import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { RecordMetricsEnv } from './contract';
import { recordMetrics } from './record-metrics';
import { VARIABLES } from './variables';

export const handler = recordMetrics({
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  s3: new S3Client({}),
  cloudwatch: new CloudWatchClient({}),
  sns: new SNSClient({}),
  settings: requireEnvironment<RecordMetricsEnv>(VARIABLES),
  now: () => new Date(),
});
