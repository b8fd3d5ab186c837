import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { ReleaseModelEnv } from './contract';
import { releaseModel } from './release-model';
import { settingsFrom, VARIABLES } from './settings';

export const handler = releaseModel({
  sagemaker: new SageMakerClient({}),
  runtime: new SageMakerRuntimeClient({}),
  cloudwatch: new CloudWatchClient({}),
  autoscaling: new ApplicationAutoScalingClient({}),
  states: new SFNClient({}),
  sns: new SNSClient({}),
  dynamo: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  s3: new S3Client({}),
  settings: settingsFrom(requireEnvironment<ReleaseModelEnv>(VARIABLES)),
});
