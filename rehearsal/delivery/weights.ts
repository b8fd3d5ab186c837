import { S3Client } from '@aws-sdk/client-s3';
import { stageWeights } from '../../operations/delivery/staging/stage-weights';
import type { AccountServices } from '../account';
import type { DeliveredPlace } from './settings';

/**
 * Does what a person does once an environment is deployed for the first time: stages the weights that trainings there
 * start from. Delivery would stop and ask for it.
 *
 * @returns what was done, for the report; undefined where no training starts from weights
 */
export async function stageAsPerson(
  { artifactsBucket, weights }: DeliveredPlace,
  { emulator }: Pick<AccountServices, 'emulator'>,
): Promise<string | undefined> {
  if (weights.length === 0) return undefined;
  const s3 = new S3Client({ ...emulator.client, forcePathStyle: true });
  for (const model of weights) await stageWeights(s3, artifactsBucket, model, model.folder);
  return `then a person staged weights (${weights.map(({ hash }) => hash.slice(0, 12)).join(', ')})`;
}
