import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { RecordFeedbackEnv } from './contract';
import { recordFeedback } from './record-feedback';

export const handler = recordFeedback({
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  s3: new S3Client({}),
  settings: requireEnvironment<RecordFeedbackEnv>([
    'INFERENCES_TABLE',
    'RECORDS_BUCKET',
    'KEY_ARN',
    'TARGETS',
  ]),
  now: () => new Date(),
});
