import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { InferenceItem } from '../invoke-model/contract';
import type { RecordFeedbackEnv } from './contract';

/** An answer that the inferences table knows. */
export type KnownAnswer = InferenceItem & {
  /** Every target of the answer corrected so far, as the JSON that was stored last. */
  readonly correction?: string;
};

export interface Stores {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly settings: RecordFeedbackEnv;
  readonly now: () => Date;
}

/** Somebody else corrects the same answer all the time; after so many rounds the caller is asked to come again. */
const ROUNDS = 4;

/**
 * Stores a correction as a ground-truth object, so that repeats change nothing and the later one wins.
 *
 * An object carries *all* that is known of its answer: the targets corrected before, overlaid by the new ones.
 * So whoever reads takes the object of the latest hour and may forget the others; the same hour has the same
 * key. The item of the answer remembers what was stored last: a repeated correction finds itself there and
 * writes nothing, not even in a later hour. It is written after the object: a crash between the two makes the
 * repeat write the object once more, with the same content, rather than never. Two callers who correct different
 * targets at once are told apart by the item's condition, and the one who loses merges again.
 *
 * @throws when the bucket or the table refuses, and when too many correct the same answer at once
 */
export async function storeCorrection(
  { dynamodb, s3, settings, now }: Stores,
  known: KnownAnswer,
  correction: Readonly<Record<string, string>>,
): Promise<void> {
  let answer = known;
  for (let round = 0; round < ROUNDS; round += 1) {
    const merged = mergedWith(answer, correction);
    if (merged === answer.correction) return;
    await s3.send(
      new PutObjectCommand({
        Bucket: settings.RECORDS_BUCKET,
        Key: feedbackKey(answer, now()),
        Body: groundTruth(answer.inferenceId, merged),
        ContentType: 'application/jsonlines',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: settings.KEY_ARN,
      }),
    );
    const newer = await rememberUnlessChanged(answer, merged);
    if (newer === undefined) return;
    answer = newer;
  }
  throw new Error(`answer ${known.inferenceId} is being corrected by others at the same time`);

  /** Returns the item as it is now if somebody else changed it since it was read. */
  async function rememberUnlessChanged(read: KnownAnswer, merged: string): Promise<KnownAnswer | undefined> {
    try {
      await dynamodb.send(
        new UpdateCommand({
          TableName: settings.INFERENCES_TABLE,
          Key: { pk: `inference#${read.inferenceId}` },
          UpdateExpression: 'SET correction = :merged',
          ConditionExpression:
            read.correction === undefined
              ? 'attribute_exists(pk) AND attribute_not_exists(correction)'
              : 'correction = :read',
          ExpressionAttributeValues: {
            ':merged': merged,
            ...(read.correction === undefined ? {} : { ':read': read.correction }),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // No item: it expired between our read and now. The object is stored, so there is nothing left to do.
      return error.Item === undefined ? undefined : { ...read, correction: error.Item.correction?.S };
    }
  }
}

/** The targets in a fixed order, so that equal corrections are equal strings. */
function mergedWith(answer: KnownAnswer, correction: Readonly<Record<string, string>>): string {
  const before: Record<string, string> = answer.correction === undefined ? {} : JSON.parse(answer.correction);
  const targets = Object.entries({ ...before, ...correction }).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(targets));
}

/** `feedback/<hour of arrival>/<id>_<hour of the answer>.jsonl`: the second hour leads to the captured record. */
function feedbackKey(answer: KnownAnswer, arrived: Date): string {
  const [year, month, day, hour] = arrived.toISOString().split(/[-T:]/);
  const answeredHour = answer.answered.slice(0, 13).replace(/[-T]/g, '');
  return `feedback/${year}/${month}/${day}/${hour}/${answer.inferenceId}_${answeredHour}.jsonl`;
}

/**
 * One line of ground truth in the layout that SageMaker documents, so that its own tools could read it too.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
 */
function groundTruth(inferenceId: string, merged: string): string {
  return `${JSON.stringify({
    groundTruthData: { data: merged, encoding: 'JSON' },
    eventMetadata: { eventId: inferenceId },
    eventVersion: '0',
  })}\n`;
}
