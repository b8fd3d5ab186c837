import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { type HttpEvent, RequestRefused, readJson, reply } from '../http';
import { batchReply, type Placed } from './batch-reply';
import { isBroken, ModelReplyBroken, parseContainerReply } from './container-reply';
import { type ContainerRequest, type InvokeModelEnv, MAX_BODY_BYTES, type PredictionReply } from './contract';
import { parseExplanation } from './explanation';
import { failureReply } from './failure-reply';
import { type BatchRequest, isItem, parsePredictionRequest, type SingleRequest } from './prediction-request';
import { rememberAnswers } from './remember-answers';

/**
 * API Gateway gives up after 29 s. The invocation, retries included, gets 22 s of them and the calls to a table that
 * follow it 3 s together, so that the caller always reads our reply and not the gateway's.
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
 * Answers `POST /v1/predictions`: check → invoke the endpoint, once → remember the answers' ids → reply.
 *
 * The log says what was decided, by id and count; texts and predictions are the caller's documents and never in it.
 */
export function invokeModel({ runtime, dynamodb, settings, now }: Dependencies) {
  const fields = settings.FIELDS.split(',');
  const targets = settings.TARGETS.split(',');
  const remember = rememberAnswers(dynamodb, settings.INFERENCES_TABLE, TABLE_MS);
  const failed = failureReply(dynamodb, settings.STATE_TABLE, TABLE_MS);

  return async (event: HttpEvent): Promise<APIGatewayProxyResult> => {
    const { requestId } = event.requestContext;
    try {
      const request = parsePredictionRequest(readJson(event, MAX_BODY_BYTES), fields);
      return await (request.many ? predictAll(request, requestId) : predict(request, requestId));
    } catch (error) {
      if (error instanceof RequestRefused) {
        log('refused', {
          requestId,
          status: error.status,
          faults: error.faults.length,
        });
        return reply(error.status, requestId, error.body());
      }
      return failed(error, requestId);
    }
  };

  async function predict(request: SingleRequest, requestId: string): Promise<APIGatewayProxyResult> {
    const inferenceId = randomUUID();
    const asked = now();
    const { modelVersion, rows, explanations } = await ask(inferenceId, {
      rows: [request.item.input],
      ...(request.explain && { explain: true }),
    });
    const [output] = rows;
    if (output === undefined || isBroken(output)) throw new ModelReplyBroken('the one row has no answer');

    const item = { inferenceId, modelVersion, ...lifeFrom(asked) };
    const [correctable] = await remember([{ item, reference: request.item.reference }]);
    const explanation = request.explain ? parseExplanation(explanations?.[0], targets) : undefined;
    log('answered', {
      requestId,
      inferenceId,
      modelVersion,
      correctable,
      ...(request.explain && { explained: explanation !== undefined }),
      milliseconds: now().getTime() - asked.getTime(),
    });
    const result: PredictionReply = {
      inferenceId,
      modelVersion,
      output,
      ...(explanation && { explanation }),
    };
    return reply(200, requestId, result, correctable ? {} : NOT_CORRECTABLE);
  }

  /** One invocation for all that can be asked; what cannot, or is not answered, is told at its place. */
  async function predictAll({ items }: BatchRequest, requestId: string): Promise<APIGatewayProxyResult> {
    const inferenceId = randomUUID();
    const asked = now();
    const good = items.filter(isItem);
    if (good.length === 0) {
      log('answered', { requestId, items: items.length, refused: items.length });
      return reply(200, requestId, batchReply(items, undefined, new Map()));
    }
    const { modelVersion, rows } = await ask(inferenceId, {
      rows: good.map(({ input }) => input),
      batch: true,
    });
    const given = good.flatMap(({ reference }, row) => {
      const output = rows[row];
      if (output === undefined || isBroken(output)) return [];
      const item = { inferenceId: `${inferenceId}.${row}`, modelVersion, ...lifeFrom(asked) };
      return [{ row, output, item, reference }];
    });
    const kept = await remember(given);
    const answers = new Map<number, Placed>(
      given.map(({ row, output, item }, index) => [
        row,
        { inferenceId: item.inferenceId, output, correctable: kept[index] === true },
      ]),
    );
    log('answered', {
      requestId,
      inferenceId,
      modelVersion,
      items: items.length,
      refused: items.length - good.length,
      failed: good.length - given.length,
      correctable: kept.filter(Boolean).length,
      milliseconds: now().getTime() - asked.getTime(),
    });
    return reply(200, requestId, batchReply(items, modelVersion, answers));
  }

  async function ask(inferenceId: string, body: ContainerRequest) {
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
    return parseContainerReply(response.Body ?? new Uint8Array(), targets, body.rows.length);
  }

  /**
   * @param asked the time before the call: the captured record is then of this hour or the next, never of one before,
   *   and those two are where the monitor looks for it when a correction comes
   */
  function lifeFrom(asked: Date) {
    return {
      answered: asked.toISOString(),
      expires: Math.floor(asked.getTime() / 1000) + Number(settings.KEEP_DAYS) * 86_400,
    };
  }
}

function log(decision: string, facts: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ decision, ...facts }));
}
