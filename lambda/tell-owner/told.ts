import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toldKey } from './contract';
import type { Notice } from './notice';

/** How long one delivery may write a mail alone: longer than the function may run, shorter than Lambda waits to retry. */
export const CLAIM_MS = 50_000;

/**
 * Which notices were sent. A mail cannot be sent conditionally, so a notice is claimed first and marked done after it was
 * sent: a delivery that dies in between leaves a claim that runs out, and the next one sends the mail.
 */
export function toldNotices(dynamodb: DynamoDBDocumentClient, table: string, now: () => Date) {
  return {
    /**
     * @returns false when the notice was sent before
     * @throws while another delivery is at it, so that this one comes again and sees how that ended
     */
    async claim({ key, state = key }: Notice): Promise<boolean> {
      try {
        await update(key, {
          UpdateExpression: 'SET #state = :state, #until = :until REMOVE #done',
          ConditionExpression:
            'attribute_not_exists(#state) OR #state <> :state OR (attribute_not_exists(#done) AND #until < :now)',
          ExpressionAttributeNames: { '#state': 'state', '#until': 'until', '#done': 'done' },
          ExpressionAttributeValues: {
            ':state': state,
            ':until': now().getTime() + CLAIM_MS,
            ':now': now().getTime(),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item?.done !== undefined) return false;
        throw new Error(`another delivery tells of ${key} now`);
      }
    },

    /** Gives a claim back after an error, so that the next delivery need not wait. */
    async release({ key }: Notice): Promise<void> {
      await update(key, {
        UpdateExpression: 'SET #until = :never',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: { ':never': 0 },
      });
    },

    /** Remembers that it was sent, and with which subject, for people who look. */
    async done({ key, subject }: Notice): Promise<void> {
      await update(key, {
        UpdateExpression: 'SET #done = :now, #subject = :subject REMOVE #until',
        ExpressionAttributeNames: { '#done': 'done', '#subject': 'subject', '#until': 'until' },
        ExpressionAttributeValues: { ':now': now().toISOString(), ':subject': subject },
      });
    },
  };

  function update(key: string, change: Omit<UpdateCommand['input'], 'TableName' | 'Key'>) {
    return dynamodb.send(new UpdateCommand({ TableName: table, Key: { pk: toldKey(key) }, ...change }));
  }
}
