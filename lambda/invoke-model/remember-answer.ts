import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { denialIn } from '../denial';
import type { InferenceItem } from './contract';

/**
 * Keeps what a correction needs, before the answer leaves: an id in the caller's hands must be correctable.
 *
 * When the table refuses even after the SDK's retries, the caller still gets the answer, which is what it came
 * for; a correction is worth one training row. But it is told so (the function returns false, the edge adds a
 * header), a correction by that id gets an honest 404, and the whole item stands in the log as an error, from
 * where it can be put back. The item holds no payload, so the log holds none.
 *
 * @param milliseconds what both writes may take, retries included
 */
export function rememberAnswer(dynamodb: DynamoDBClient, table: string, milliseconds: number) {
  return async (item: Omit<InferenceItem, 'pk'>, reference?: string): Promise<boolean> => {
    const keys = [`inference#${item.inferenceId}`];
    // A reference used twice points at the answer given last.
    if (reference !== undefined) keys.push(`reference#${reference}`);
    try {
      await Promise.all(keys.map((pk) => put({ pk, ...item })));
      return true;
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      const what = { error: name, denied: denialIn(error) };
      console.error(JSON.stringify({ decision: 'answer not remembered', ...item, ...what }));
      return false;
    }
  };

  async function put(item: InferenceItem): Promise<void> {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          pk: { S: item.pk },
          inferenceId: { S: item.inferenceId },
          modelVersion: { N: String(item.modelVersion) },
          answered: { S: item.answered },
          expires: { N: String(item.expires) },
        },
      }),
      { abortSignal: AbortSignal.timeout(milliseconds) },
    );
  }
}
