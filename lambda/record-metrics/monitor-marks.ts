import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MonitorJobRecord } from '../start-monitoring/monitor-record';

/**
 * How long one delivery of an event may work on a job alone. Many times what it takes, and shorter than the minute
 * after which Lambda delivers a failed asynchronous event again.
 */
const CLAIM_MS = 50_000;

/**
 * The marks of the state table that record-metrics moves: a job's claim and finish, and how far was looked.
 *
 * Metrics cannot be put conditionally, so exactly once is not to be had. A job is claimed first, finished after its
 * metrics are put: a crash in between leaves the claim to run out and the next delivery to put the same values
 * under the same time again, which changes no maximum. Never is a job marked finished whose metrics are not there.
 */
export function monitorMarks(dynamodb: DynamoDBDocumentClient, table: string, now: () => Date) {
  return { claim, release, finish, advance };

  /**
   * Claims a job for this delivery.
   *
   * @returns what the job covers, or undefined when its outcome was recorded before
   * @throws while another delivery holds it, so that this one comes again and sees how that ended
   */
  async function claim(job: string): Promise<Partial<MonitorJobRecord> | undefined> {
    try {
      const { Attributes } = await update(`monitor#${job}`, {
        UpdateExpression: 'SET claimedUntil = :until',
        ConditionExpression:
          'attribute_not_exists(finished) AND (attribute_not_exists(claimedUntil) OR claimedUntil < :now)',
        ExpressionAttributeValues: {
          ':now': now().toISOString(),
          ':until': new Date(now().getTime() + CLAIM_MS).toISOString(),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return Attributes as Partial<MonitorJobRecord>;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (error.Item?.finished !== undefined) return undefined;
      throw new Error(`another delivery records ${job} until ${error.Item?.claimedUntil?.S}`);
    }
  }

  /** Gives a job back after an error, so that the next delivery need not wait. */
  async function release(job: string): Promise<void> {
    await update(`monitor#${job}`, { UpdateExpression: 'REMOVE claimedUntil' });
  }

  async function finish(job: string): Promise<void> {
    await update(`monitor#${job}`, {
      UpdateExpression: 'SET finished = :now REMOVE claimedUntil',
      ExpressionAttributeValues: { ':now': now().toISOString() },
    });
  }

  /** Moves a mark of the item `monitor` forward, never back: jobs may end in another order than they started. */
  async function advance(
    mark: 'captureThrough' | 'captureListed' | 'feedbackThrough',
    value: string,
    beside: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const names = [mark, ...Object.keys(beside)];
    const values = [value, ...Object.values(beside)];
    try {
      await update('monitor', {
        UpdateExpression: `SET ${names.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
        ConditionExpression: 'attribute_not_exists(#n0) OR #n0 <= :v0',
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(values.map((each, index) => [`:v${index}`, each])),
      });
    } catch (error) {
      // It is further already.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  function update(pk: string, change: Omit<UpdateCommand['input'], 'TableName' | 'Key'>) {
    return dynamodb.send(new UpdateCommand({ TableName: table, Key: { pk }, ...change }));
  }
}
