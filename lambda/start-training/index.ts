import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { StartTrainingEnv } from './contract';
import { VARIABLES } from './rules';
import { startTraining } from './start-training';

export const handler = startTraining({
  s3: new S3Client({}),
  sagemaker: new SageMakerClient({}),
  sns: new SNSClient({}),
  dynamo: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  env: requireEnvironment<StartTrainingEnv>(VARIABLES),
});
