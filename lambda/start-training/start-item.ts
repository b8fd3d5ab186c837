import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AutomaticReason } from './event';

/** The start function's memory, one item of the state table. Times are ISO 8601. */
export interface StartItem {
  /** What the last merge said to train. */
  readonly code?: string;
  readonly commit?: string;
  readonly author?: string | undefined;
  readonly data?: string;
  /** When it was merged. */
  readonly merged?: string;
  /** Fingerprint of what was started last. */
  readonly asked?: string;
  /** Names that start, and is its ClientRequestToken. Whoever changes it has the right to start. */
  readonly claim?: string;
  /** Execution of that start; absent while it is being started. */
  readonly execution?: string;
  readonly started?: string;
  /** When a training was last started without a person or a merge behind it: what the cooldown counts from. */
  readonly startedAutomatically?: string;
  /** What was held back, for the daily tick to look at again. */
  readonly pending?: AutomaticReason;
  /** What became of the last event, for a person. */
  readonly note?: string;
}

/** What a claim replaces, all together; undone all together when the start fails. */
export type Claim = Pick<StartItem, 'asked' | 'claim' | 'execution' | 'started' | 'startedAutomatically'>;

export function startItem(dynamo: DynamoDBDocumentClient, table: string) {
  const Key = { pk: 'start' };

  return {
    async read(): Promise<StartItem> {
      const { Item } = await dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return (Item ?? {}) as StartItem;
    },

    /** Writes what is said, whatever else is in the item. */
    note: (values: Partial<StartItem>) => write(values),

    /** Takes the right to start from everyone who read the same item; false when somebody was faster. */
    claim: (wanted: Claim, before: StartItem) => write(wanted, { claim: before.claim }),

    /** Adds the execution to a claim, which lifts what was pending; nothing happens when the claim is no longer ours. */
    started: (claim: string, execution: string, note: string) =>
      write({ execution, note, pending: undefined }, { claim }),

    /** Puts back what stood before a claim whose start failed. */
    undo: (claim: string, { asked, claim: before, execution, started, startedAutomatically }: StartItem) =>
      write({ asked, claim: before, execution, started, startedAutomatically }, { claim }),
  };

  /**
   * One update: sets the values, removes those that are undefined, and only if the item's `claim` is the given one.
   *
   * @returns false when it is not, and nothing was written
   */
  async function write(values: Partial<StartItem>, only?: { claim: string | undefined }): Promise<boolean> {
    const entries = Object.entries(values);
    const set = entries.filter(([, value]) => value !== undefined);
    const remove = entries.filter(([, value]) => value === undefined);
    const condition =
      only && (only.claim === undefined ? 'attribute_not_exists(#claim)' : '#claim = :isClaim');
    const expression = [
      set.length > 0 ? `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}` : '',
      remove.length > 0 ? `REMOVE ${remove.map(([name]) => `#${name}`).join(', ')}` : '',
    ]
      .join(' ')
      .trim();
    const names = `${expression} ${condition ?? ''}`.match(/#\w+/g) ?? [];
    try {
      await dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key,
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
            ...(only?.claim !== undefined && { ':isClaim': only.claim }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
