import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Stage } from '../stage';
import { post } from '../traffic/api-caller';
import type { Row } from '../traffic/rows';
import { read } from './read';
import { expectStatus, FEEDBACK } from './requests';

/**
 * Corrects the same answer by its id and by the caller's reference, and one that was given among many, and finds each as
 * ground truth.
 */
export async function feedback(
  stage: Stage,
  row: Row,
  { inferenceId, ofMany }: { readonly inferenceId: string; readonly ofMany: string },
) {
  const correction = correctionOf(stage, row);
  expectStatus(
    await post(stage.consumer, FEEDBACK, { inferenceId, correction }),
    202,
    'a correction by inference id',
  );
  expectStatus(
    await post(stage.consumer, FEEDBACK, { reference: 'CASE-1', correction }),
    202,
    'a correction by reference',
  );
  expectStatus(
    await post(stage.consumer, FEEDBACK, { inferenceId: ofMany, correction }),
    202,
    'a correction of one answer of many',
  );
  expectStatus(
    await post(stage.consumer, FEEDBACK, {
      inferenceId: '00000000-0000-4000-8000-000000000000',
      correction,
    }),
    404,
    'a correction of an answer that was never given',
  );
  const { Contents = [] } = await stage.aws.s3.send(
    new ListObjectsV2Command({
      Bucket: stage.outputs.RecordsBucket,
      Prefix: 'feedback/',
    }),
  );
  const keys = Contents.map((object) => object.Key ?? '');
  const [key] = await Promise.all([inferenceId, ofMany].map((id) => groundTruthOf(stage, keys, id)));
  return {
    happened: 'corrected by inference id and by reference, and one answer of many; an unknown id got 404',
    evidence: `s3://${stage.outputs.RecordsBucket}/${key}`,
  };
}

/** @throws when no object of ground truth is named after the answer, or it does not carry its id */
async function groundTruthOf(stage: Stage, keys: readonly string[], inferenceId: string): Promise<string> {
  const key = keys.find((name) => name.includes(`/${inferenceId}_`));
  if (!key) throw new Error(`no ground truth of ${inferenceId} in ${stage.outputs.RecordsBucket}/feedback/`);
  const line = await read(stage, stage.outputs.RecordsBucket, key);
  if (JSON.parse(line.split('\n')[0] ?? '').eventMetadata?.eventId !== inferenceId) {
    throw new Error(`ground truth ${key} does not carry the inference id: ${line}`);
  }
  return key;
}

/** The right values of a row's targets. */
export function correctionOf(stage: Stage, row: Row): Row {
  return Object.fromEntries(stage.play.targets.map((target) => [target, row[target] ?? '']));
}
