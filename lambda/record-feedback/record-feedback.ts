import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { denialIn } from '../denial';
import { type HttpEvent, RequestRefused, readJson, reply } from '../http';
import { type Placed, parseCorrections, type Rejection } from './parse-corrections';
import { type KnownAnswer, type Stores, storeCorrection } from './store-correction';

/** A hundred corrections of a few short values are far below; what is above is a mistake. */
const MAX_BODY_BYTES = 256 * 1024;

/** A correction whose answer was found. */
type Found = Placed & { readonly answer: KnownAnswer };

/**
 * Answers `POST /v1/feedback`: check → find each answer → store its ground truth → say what became of each.
 *
 * One bad correction does not fail the others. Sending the same again is harmless and gets the same reply.
 * The log counts; corrected values are labels of customers' documents and never in it.
 */
export function recordFeedback(stores: Stores) {
  const { dynamodb, settings, now } = stores;
  const targets = settings.TARGETS.split(',');

  return async (event: HttpEvent): Promise<APIGatewayProxyResult> => {
    const { requestId } = event.requestContext;
    try {
      return await record(readJson(event, MAX_BODY_BYTES), requestId);
    } catch (error) {
      if (error instanceof RequestRefused) {
        console.log(JSON.stringify({ decision: 'refused', requestId, status: error.status }));
        return reply(error.status, requestId, error.body());
      }
      const what = { error: nameOf(error), denied: denialIn(error) };
      console.error(JSON.stringify({ decision: 'failed', requestId, status: 500, ...what }));
      const message = 'the feedback was not stored, send it again later';
      return reply(500, requestId, { error: { code: 'internal', message, requestId } });
    }
  };

  async function record(body: unknown, requestId: string): Promise<APIGatewayProxyResult> {
    const { wellFormed, rejected } = parseCorrections(body, targets);
    const looked = await Promise.all(
      wellFormed.map(async (placed) => ({ ...placed, answer: await find(placed) })),
    );
    const found = looked.filter((item): item is Found => item.answer !== undefined);
    if (found.length === 0) {
      throw new RequestRefused(404, 'not_known', [{ message: NOT_KNOWN }]);
    }
    const unknown = looked
      .filter(({ answer }) => answer === undefined)
      .map(({ index }) => ({ index, reason: NOT_KNOWN }));

    const { stored, lost } = await storeAll(found);
    const all = [...rejected, ...unknown, ...lost].sort((a, b) => a.index - b.index);
    console.log(
      JSON.stringify({ decision: 'recorded', requestId, accepted: stored.length, rejected: all.length }),
    );
    const accepted = stored.map(({ index, answer }) => ({ index, inferenceId: answer.inferenceId }));
    return reply(202, requestId, { accepted, rejected: all });
  }

  /** The answer a correction is about, or undefined when there is none or it is too old to be corrected. */
  async function find({ correction }: Placed): Promise<KnownAnswer | undefined> {
    const { inferenceId, reference } = correction;
    const id = inferenceId ?? (await get(`reference#${reference}`))?.inferenceId;
    return id === undefined ? undefined : get(`inference#${id}`);
  }

  async function get(pk: string): Promise<KnownAnswer | undefined> {
    // Consistent: a correction may follow its answer at once.
    const { Item } = await dynamodb.send(
      new GetCommand({ TableName: settings.INFERENCES_TABLE, Key: { pk }, ConsistentRead: true }),
    );
    const item = Item as KnownAnswer | undefined;
    // DynamoDB deletes an expired item some time within days; until then it is expired all the same.
    return item !== undefined && item.expires * 1000 > now().getTime() ? item : undefined;
  }

  /**
   * Stores the corrections of different answers side by side; those of one answer are one, the later overlaying
   * the earlier.
   * @throws the first error when not one could be stored
   */
  async function storeAll(
    found: readonly Found[],
  ): Promise<{ stored: readonly Found[]; lost: readonly Rejection[] }> {
    const merged = new Map<string, { answer: KnownAnswer; correction: Record<string, string> }>();
    for (const { answer, correction } of found) {
      const earlier = merged.get(answer.inferenceId)?.correction;
      merged.set(answer.inferenceId, { answer, correction: { ...earlier, ...correction.correction } });
    }
    const failures = new Map<string, unknown>();
    await Promise.all(
      [...merged].map(async ([id, { answer, correction }]) => {
        try {
          await storeCorrection(stores, answer, correction);
        } catch (error) {
          // One that is not stored must not fail the others: its sender is told, and sends it again.
          failures.set(id, error);
        }
      }),
    );
    const [failure] = failures.values();
    if (failures.size === merged.size) throw failure;
    if (failures.size > 0) {
      const what = { error: nameOf(failure), denied: denialIn(failure) };
      console.error(JSON.stringify({ decision: 'not stored', count: failures.size, ...what }));
    }
    const lost = found.filter(({ answer }) => failures.has(answer.inferenceId));
    return {
      stored: found.filter(({ answer }) => !failures.has(answer.inferenceId)),
      lost: lost.map(({ index }) => ({ index, reason: 'not stored, send it again later' })),
    };
  }
}

const NOT_KNOWN =
  'no answer with this inferenceId or reference is known: it is wrong, or the answer is too old to be corrected';

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
