import { setTimeout } from 'node:timers/promises';
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { denialIn } from '../denial';
import type { InferenceItem } from './contract';

/** An answer to be remembered, and the caller's own name for it. */
export interface Given {
  readonly item: Omit<InferenceItem, 'pk'>;
  readonly reference?: string;
}

/** What DynamoDB takes at once. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const AT_ONCE = 25;

/** Before what DynamoDB left over is sent again, in milliseconds; after the last, it is given up. */
const WAITS_MS = [50, 100, 200, 400];

/**
 * Keeps what corrections need, before the answers leave: an id in the caller's hands must be correctable.
 *
 * When the table refuses even after retries, the caller still gets the answer, which is what it came for; a correction
 * is worth one training row. But it is told so (false at the answer's place), a correction by that id gets an honest
 * 404, and the whole item stands in the log as an error, from where it can be put back. The item holds no payload, so
 * the log holds none.
 *
 * @param milliseconds what all writes together may take, retries included
 */
export function rememberAnswers(dynamodb: DynamoDBClient, table: string, milliseconds: number) {
  return async (answers: readonly Given[]): Promise<boolean[]> => {
    const requests = answers.flatMap((answer) => keysOf(answer).map((pk) => putOf({ pk, ...answer.item })));
    const signal = AbortSignal.timeout(milliseconds);
    const outcomes = await Promise.all(chunks(requests).map((chunk) => write(chunk, signal)));

    const lost = new Set(outcomes.flatMap(({ left }) => left.map(keyOf)));
    const kept = answers.map((answer) => keysOf(answer).every((pk) => !lost.has(pk)));
    if (lost.size > 0) {
      const error = outcomes.find((outcome) => outcome.error !== undefined)?.error;
      const name = error instanceof Error ? error.name : 'UnprocessedItems';
      const items = answers.filter((_, index) => !kept[index]).map(({ item }) => item);
      console.error(
        JSON.stringify({ decision: 'answers not remembered', error: name, denied: denialIn(error), items }),
      );
    }
    return kept;
  };

  /** Writes up to 25 items, and again what DynamoDB had no room for. */
  async function write(requests: WriteRequest[], signal: AbortSignal): Promise<Outcome> {
    let left = requests;
    try {
      for (const wait of [0, ...WAITS_MS]) {
        if (wait > 0) await setTimeout(wait, undefined, { signal });
        const { UnprocessedItems } = await dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
          { abortSignal: signal },
        );
        left = UnprocessedItems?.[table] ?? [];
        if (left.length === 0) break;
      }
      return { left };
    } catch (error) {
      return { left, error };
    }
  }
}

interface Outcome {
  readonly left: readonly WriteRequest[];
  readonly error?: unknown;
}

/** Every item's own, and where the caller gave a reference that too: used twice, it points at the answer given last. */
function keysOf({ item, reference }: Given): string[] {
  const own = `inference#${item.inferenceId}`;
  return reference === undefined ? [own] : [own, `reference#${reference}`];
}

function putOf({ pk, inferenceId, modelVersion, answered, expires }: InferenceItem): WriteRequest {
  return {
    PutRequest: {
      Item: {
        pk: { S: pk },
        inferenceId: { S: inferenceId },
        modelVersion: { N: String(modelVersion) },
        answered: { S: answered },
        expires: { N: String(expires) },
      },
    },
  };
}

function keyOf({ PutRequest }: WriteRequest): string | undefined {
  return PutRequest?.Item?.pk?.S;
}

function chunks(requests: readonly WriteRequest[]): WriteRequest[][] {
  const count = Math.ceil(requests.length / AT_ONCE);
  return Array.from({ length: count }, (_, index) => requests.slice(index * AT_ONCE, (index + 1) * AT_ONCE));
}
