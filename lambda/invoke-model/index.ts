import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { requireEnvironment } from '../environment';
import type { InvokeModelEnv } from './contract';
import { invokeModel } from './invoke-model';
import { VARIABLES } from './variables';

// Three attempts cover a connection that a peer closed and a moment of throttling; what they may take in all
// is bounded where they are made.
const connection = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000 },
};

export const handler = invokeModel({
  runtime: new SageMakerRuntimeClient(connection),
  dynamodb: new DynamoDBClient(connection),
  settings: requireEnvironment<InvokeModelEnv>(VARIABLES),
  now: () => new Date(),
});
