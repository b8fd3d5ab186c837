import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requireEnvironment } from '../environment';
import type { ListTargetsEnv } from './contract';
import { listTargets } from './list-targets';

export const handler = listTargets({
  dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
  settings: requireEnvironment<ListTargetsEnv>(['STATE_TABLE']),
});
