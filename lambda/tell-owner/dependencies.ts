import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TellOwnerEnv } from './contract';

export interface Dependencies {
  readonly sagemaker: SageMakerClient;
  readonly states: SFNClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly settings: TellOwnerEnv;
  readonly now: () => Date;
}

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof TellOwnerEnv> = [
  'PROJECT',
  'ENVIRONMENT',
  'STATE_TABLE',
  'ARTIFACTS_BUCKET',
  'OWNER_TOPIC_ARN',
  'APPROVAL',
];
