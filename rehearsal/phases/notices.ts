import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { toldKey } from '../../lambda/tell-owner/contract';
import type { Stage } from '../stage';

const POLL_MS = 100;
const PATIENCE_MS = 20_000;

/**
 * Waits until the owner was told.
 *
 * @param key names the news
 * @param state what the news stands at, where its key may stand at something else by now. @default - whatever it stands at
 * @returns the subject of the mail
 * @throws when nobody was told, with the last lines of the function that does
 */
export async function ownerTold(stage: Stage, key: string, state?: string): Promise<string> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const { Item } = await stage.aws.dynamodb.send(
      new GetCommand({
        TableName: stage.outputs.StateTable,
        Key: { pk: toldKey(key) },
        ConsistentRead: true,
      }),
    );
    if (Item?.done && (state === undefined || Item.state === state)) return String(Item.subject);
    if (Date.now() > until) {
      const log = await stage.functionLog(`${stage.outputs.EndpointName}-tell-owner`);
      throw new Error(`the owner was not told of ${key}; the last lines of tell-owner:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
