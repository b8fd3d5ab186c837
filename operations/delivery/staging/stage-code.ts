import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { CodeBundle } from '../../../pipelines/code-bundle';

/** Where a bundle comes from. */
export interface Origin {
  readonly commit: string;
  /** E-mail of the commit's author. */
  readonly author: string | undefined;
}

/** Uploads a code bundle to `code/<hash>/`, and beside it in `code/<hash>.commit` where it comes from. */
export async function stageCode(
  s3: Pick<S3Client, 'send'>,
  bucket: string,
  { hash, files }: CodeBundle,
  { commit, author }: Origin,
): Promise<void> {
  const put = (Key: string, Body: Buffer | string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  await Promise.all([...files].map(([name, content]) => put(`code/${hash}/${name}`, content)));
  // Last: where it stands, the bundle is whole.
  await put(`code/${hash}.commit`, [commit, ...(author ? [author] : [])].join('\n'));
}
