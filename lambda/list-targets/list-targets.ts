import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { denialIn } from '../denial';
import { type HttpEvent, reply } from '../http';
import { NO_MODEL_YET } from '../invoke-model/failure';
import type { ListTargetsEnv, TargetsReply } from './contract';

export interface Dependencies {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly settings: ListTargetsEnv;
}

/**
 * Answers `GET /v1/targets` with what the last release wrote down; no model is asked.
 *
 * A function of its own: it may read one table, and neither the endpoint nor the answers given.
 */
export function listTargets({ dynamodb, settings }: Dependencies) {
  return async (event: HttpEvent): Promise<APIGatewayProxyResult> => {
    const { requestId } = event.requestContext;
    try {
      const item = await get('targets');
      if (item !== undefined) {
        const { modelVersion, targets } = item as unknown as TargetsReply;
        return answered(200, requestId, { modelVersion, targets });
      }
      const released = (await get('release'))?.current !== undefined;
      const { status, code, message } = released ? NOT_LISTED : NO_MODEL_YET;
      return answered(status, requestId, { error: { code, message, requestId } });
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      const what = { error: name, denied: denialIn(error) };
      console.error(JSON.stringify({ decision: 'failed', requestId, status: 500, ...what }));
      const message = 'the targets could not be read, try again later';
      return reply(500, requestId, { error: { code: 'internal', message, requestId } });
    }
  };

  async function get(pk: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await dynamodb.send(new GetCommand({ TableName: settings.STATE_TABLE, Key: { pk } }));
    return Item;
  }
}

/** The model in service was trained before evaluations named the classes. */
const NOT_LISTED = {
  status: 404,
  code: 'not_known',
  message: 'the classes of the model in service were not written down; those of the next one will be',
} as const;

function answered(status: number, requestId: string, body: object): APIGatewayProxyResult {
  console.log(JSON.stringify({ decision: 'answered', requestId, status }));
  return reply(status, requestId, body);
}
