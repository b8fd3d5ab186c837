import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StartMonitoringEnv } from './contract';
import { LISTED_INPUTS, type ListedInput, manifestKey } from './monitoring-job';

/** Stands for "nothing": an input without any object fails before the job's code runs. */
const EMPTY = 'empty.jsonl';

/** Keys of the records bucket that an input has, and the prefix that its layout in the job starts after. */
export interface Listing {
  readonly prefix: string;
  readonly keys: readonly string[];
}

/**
 * Writes the list of each input's objects to where the job's request points.
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html
 */
export async function putManifests(
  s3: S3Client,
  settings: StartMonitoringEnv,
  job: string,
  listings: Readonly<Record<ListedInput, Listing>>,
): Promise<void> {
  const folder = `monitor/${job}/`;
  if (LISTED_INPUTS.some((name) => listings[name].keys.length === 0))
    await put(`${folder}${EMPTY}`, new Uint8Array(0));
  await Promise.all(
    LISTED_INPUTS.map((name) => {
      const { prefix, keys } = listings[name];
      const manifest =
        keys.length === 0
          ? [{ prefix: `s3://${settings.ARTIFACTS_BUCKET}/${folder}` }, EMPTY]
          : [
              { prefix: `s3://${settings.RECORDS_BUCKET}/${prefix}` },
              ...keys.map((key) => key.slice(prefix.length)),
            ];
      return put(manifestKey(job, name), JSON.stringify(manifest));
    }),
  );

  async function put(key: string, body: string | Uint8Array): Promise<void> {
    await s3.send(
      new PutObjectCommand({
        Bucket: settings.ARTIFACTS_BUCKET,
        Key: key,
        Body: body,
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: settings.KEY_ARN,
      }),
    );
  }
}
