import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { TellOwnerEnv } from './contract';
import { VARIABLES } from './dependencies';
import { tellOwner } from './tell-owner';

export const handler = tellOwner({
  sagemaker: new SageMakerClient({}),
  states: new SFNClient({}),
  s3: new S3Client({}),
  sns: new SNSClient({}),
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  settings: requireEnvironment<TellOwnerEnv>(VARIABLES),
  now: () => new Date(),
});
