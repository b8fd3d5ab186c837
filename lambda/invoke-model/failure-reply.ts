import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { denialIn } from '../denial';
import { reply } from '../http';
import { ENDPOINT_AWAY, type Failure, failureOf, NO_MODEL_YET } from './failure';

/**
 * Turns an error into what the caller is told, and puts into the log what they are not.
 *
 * SageMaker says ValidationError when there is no endpoint and while it is made; the release record knows why.
 *
 * @param milliseconds what reading the record may take
 */
export function failureReply(dynamodb: DynamoDBClient, stateTable: string, milliseconds: number) {
  return async (error: unknown, requestId: string): Promise<APIGatewayProxyResult> => {
    const failure = nameOf(error) === 'ValidationError' ? await whyAway(requestId) : failureOf(error);
    const { status, code, message, retryAfter } = failure;
    // The message of a ModelError quotes the container, which may quote the text: the name has to do, except
    // for our own finding about a broken reply.
    const detail = error instanceof Error && error.name === 'ModelReplyBroken' ? error.message : undefined;
    const what = { error: nameOf(error), denied: denialIn(error), detail };
    console.error(JSON.stringify({ decision: 'failed', requestId, status, ...what }));
    const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) };
    return reply(status, requestId, { error: { code, message, requestId } }, headers);
  };

  async function whyAway(requestId: string): Promise<Failure> {
    try {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: stateTable, Key: { pk: { S: 'release' } } }),
        { abortSignal: AbortSignal.timeout(milliseconds) },
      );
      return Item?.current?.M === undefined ? NO_MODEL_YET : ENDPOINT_AWAY;
    } catch (error) {
      // The endpoint is away in either case; only the reason stays unknown.
      const what = { error: nameOf(error), denied: denialIn(error) };
      console.error(JSON.stringify({ decision: 'release unread', requestId, ...what }));
      return ENDPOINT_AWAY;
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
