import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Refusal } from '../../terminal/refusal';

/**
 * Puts some rows of what a run trained on under a prefix of their own: every so many-th line, so that rows which are
 * sorted by class still show all classes.
 *
 * @param prefix folder of the rows, JSON Lines: a line of CSV need not be a row, cells may hold line ends
 * @returns the prefix they lie under, `data/smoke/<sha256>/`
 */
export async function stageSample(
  s3: S3Client,
  bucket: string,
  prefix: string,
  rows: number,
): Promise<string> {
  const files = new Map<string, string>();
  for await (const { Contents } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: prefix },
  )) {
    for (const { Key } of Contents ?? []) {
      if (!Key?.endsWith('.jsonl')) continue;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
      files.set(basename(Key), sampled((await Body?.transformToString()) ?? '', rows));
    }
  }
  if (files.size === 0) {
    throw new Refusal(
      `s3://${bucket}/${prefix} holds no rows · allowed: .jsonl files, which preprocess.py writes to its output train`,
    );
  }
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0${content}\0`);
  const target = `data/smoke/${hash.digest('hex')}/`;
  await Promise.all(
    [...files].map(([name, content]) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${target}${name}`, Body: content })),
    ),
  );
  return target;
}

function sampled(text: string, rows: number): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const every = Math.max(1, Math.floor(lines.length / rows));
  const some = lines.filter((_, index) => index % every === 0).slice(0, rows);
  return `${some.join('\n')}\n`;
}
