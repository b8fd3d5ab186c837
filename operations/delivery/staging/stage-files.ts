import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DataFile } from './data-files';

/**
 * Uploads files of this machine as base data. The same data have the same version, whoever uploads them.
 *
 * @returns the prefix they lie under, `data/base/<sha256 of names and contents>/`
 */
export async function stageFiles(
  s3: Pick<S3Client, 'send'>,
  bucket: string,
  data: readonly DataFile[],
): Promise<string> {
  const files = data.map(({ name, path }) => ({ name, content: readFileSync(path) }));
  const hash = createHash('sha256');
  for (const { name, content } of files) hash.update(`${name}\0${content.length}\0`).update(content);
  const prefix = `data/base/${hash.digest('hex')}/`;
  await Promise.all(
    files.map(({ name, content }) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}${name}`, Body: content })),
    ),
  );
  return prefix;
}
