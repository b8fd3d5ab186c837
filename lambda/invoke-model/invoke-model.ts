import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { denialIn } from '../denial';
import { type HttpEvent, RequestRefused, readJson, reply } from '../http';
import { parseContainerReply } from './container-reply';
import { type ContainerRequest, type InvokeModelEnv, MAX_BODY_BYTES, type PredictionReply } from './contract';
import { ENDPOINT_AWAY, type Failure, failureOf, NO_MODEL_YET } from './failure';
import { type PredictionRequest, parsePredictionRequest } from './prediction-request';
import { rememberAnswer } from './remember-answer';

/**
 * API Gateway gives up after 29 s. The invocation, retries included, gets 22 s of them and the one call to a
 * table that follows it 3 s, so that the caller always reads our reply and not the gateway's.
 */
const INVOKE_MS = 22_000;
const TABLE_MS = 3_000;

/** Header of an answer that could not be remembered, and so cannot be corrected. */
const NOT_CORRECTABLE = { 'x-correctable': 'false' };

export interface Dependencies {
  readonly runtime: SageMakerRuntimeClient;
  readonly dynamodb: DynamoDBClient;
  readonly settings: InvokeModelEnv;
  readonly now: () => Date;
}

/**
 * Answers `POST /v1/predictions`: check → invoke the endpoint → remember the answer's id → reply.
 *
 * The log says what was decided, by id; texts and predictions are the caller's documents and never in it.
 */
export function invokeModel({ runtime, dynamodb, settings, now }: Dependencies) {
  const fields = settings.FIELDS.split(',');
  const targets = settings.TARGETS.split(',');
  const remember = rememberAnswer(dynamodb, settings.INFERENCES_TABLE, TABLE_MS);

  return async (event: HttpEvent): Promise<APIGatewayProxyResult> => {
    const { requestId } = event.requestContext;
    try {
      const request = parsePredictionRequest(readJson(event, MAX_BODY_BYTES), fields);
      return await predict(request, requestId);
    } catch (error) {
      if (error instanceof RequestRefused) {
        log('refused', {
          requestId,
          status: error.status,
          faults: error.faults.length,
        });
        return reply(error.status, requestId, error.body());
      }
      return failed(await explain(error, requestId), error, requestId);
    }
  };

  async function predict(request: PredictionRequest, requestId: string): Promise<APIGatewayProxyResult> {
    const inferenceId = randomUUID();
    // Taken before the call: the captured record is then of this hour or the next, never of one before, and
    // those two are where the monitor looks for it when a correction comes.
    const asked = now();
    const body: ContainerRequest = { rows: [request.input] };
    const response = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: settings.ENDPOINT_NAME,
        InferenceId: inferenceId,
        ContentType: 'application/json',
        Accept: 'application/json',
        Body: JSON.stringify(body),
      }),
      { abortSignal: AbortSignal.timeout(INVOKE_MS) },
    );
    const answer = parseContainerReply(response.Body ?? new Uint8Array(), targets);

    const item = {
      inferenceId,
      modelVersion: answer.modelVersion,
      answered: asked.toISOString(),
      expires: Math.floor(asked.getTime() / 1000) + Number(settings.KEEP_DAYS) * 86_400,
    };
    const correctable = await remember(item, request.reference);
    const milliseconds = now().getTime() - asked.getTime();
    log('answered', {
      requestId,
      inferenceId,
      modelVersion: answer.modelVersion,
      correctable,
      milliseconds,
    });

    const result: PredictionReply = { inferenceId, ...answer };
    return reply(200, requestId, result, correctable ? {} : NOT_CORRECTABLE);
  }

  /** SageMaker says ValidationError when there is no endpoint and while it is made; the release record knows why. */
  async function explain(error: unknown, requestId: string): Promise<Failure> {
    if (nameOf(error) !== 'ValidationError') return failureOf(error);
    try {
      const { Item } = await dynamodb.send(
        new GetItemCommand({
          TableName: settings.STATE_TABLE,
          Key: { pk: { S: 'release' } },
        }),
        { abortSignal: AbortSignal.timeout(TABLE_MS) },
      );
      return Item?.current?.M === undefined ? NO_MODEL_YET : ENDPOINT_AWAY;
    } catch (tableError) {
      // The endpoint is away in either case; only the reason stays unknown.
      console.error(
        JSON.stringify({
          decision: 'release unread',
          requestId,
          error: nameOf(tableError),
          denied: denialIn(tableError),
        }),
      );
      return ENDPOINT_AWAY;
    }
  }
}

function failed(failure: Failure, error: unknown, requestId: string): APIGatewayProxyResult {
  const { status, code, message, retryAfter } = failure;
  // The message of a ModelError quotes the container, which may quote the text: the name has to do, except
  // for our own finding about a broken reply.
  const detail = error instanceof Error && error.name === 'ModelReplyBroken' ? error.message : undefined;
  console.error(
    JSON.stringify({
      decision: 'failed',
      requestId,
      status,
      error: nameOf(error),
      denied: denialIn(error),
      detail,
    }),
  );
  const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) };
  return reply(status, requestId, { error: { code, message, requestId } }, headers);
}

function log(decision: string, facts: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ decision, ...facts }));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
