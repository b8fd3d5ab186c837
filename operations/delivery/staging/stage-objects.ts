import { createHash } from 'node:crypto';
import { CopyObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Refusal } from '../../terminal/refusal';

/** Largest object that S3 copies in one request, in bytes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const LARGEST_COPY = 5 * 1024 ** 3;

/** Copies at once: S3 takes many, and a laptop few. */
const AT_ONCE = 16;

interface Listed {
  /** Below the prefix that was listed. */
  readonly name: string;
  readonly size: number;
  readonly etag: string;
}

/**
 * Copies objects of another bucket as base data, within S3. They are named by what the listing says of them (key, size,
 * ETag), so that nothing is read to find out whether they changed, and what is there already is not copied again.
 *
 * @param source `s3://bucket/prefix/`
 * @returns the prefix they lie under, `data/base/<sha256>/`
 * @throws Refusal when there is nothing, or an object is too large
 */
export async function stageObjects(
  s3: S3Client,
  bucket: string,
  source: string,
  say: (what: string) => void,
): Promise<string> {
  const [, from = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(source) ?? [];
  const objects = (await list(s3, from, prefix, source)).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (objects.length === 0) {
    throw new Refusal(
      `${source} holds no data · allowed: a prefix with CSV files · look with: aws s3 ls ${source}`,
    );
  }
  const large = objects.find(({ size }) => size > LARGEST_COPY);
  if (large) {
    throw new Refusal(
      `${source}${large.name} has ${large.size} bytes · allowed: ${LARGEST_COPY} a file, which S3 copies in one request · split it into several files`,
    );
  }
  const hash = createHash('sha256');
  for (const { name, size, etag } of objects) hash.update(`${name}\0${size}\0${etag}\n`);
  const target = `data/base/${hash.digest('hex')}/`;
  const there = new Set((await list(s3, bucket, target, target)).map(({ name }) => name));
  const missing = objects.filter(({ name }) => !there.has(name));
  say(`data: ${objects.length} objects in ${source}, ${missing.length} of them to copy`);
  for (let next = 0; next < missing.length; next += AT_ONCE) {
    await Promise.all(
      missing.slice(next, next + AT_ONCE).map(({ name }) =>
        s3.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: `${target}${name}`,
            CopySource: `${from}/${`${prefix}${name}`.split('/').map(encodeURIComponent).join('/')}`,
            // Tags would need a permission of their own in the owner's bucket.
            TaggingDirective: 'REPLACE',
          }),
        ),
      ),
    );
  }
  return target;
}

async function list(client: S3Client, Bucket: string, Prefix: string, where: string): Promise<Listed[]> {
  const found: Listed[] = [];
  try {
    for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
      for (const { Key, Size, ETag } of Contents ?? []) {
        if (Key && Size) found.push({ name: Key.slice(Prefix.length), size: Size, etag: ETag ?? '' });
      }
    }
  } catch (error) {
    if (!(error instanceof Error && /AccessDenied|NoSuchBucket/.test(error.name))) throw error;
    throw new Refusal(
      `${where} cannot be listed: ${error.message} · the owner of the bucket must let the environment's delivery role list and read it; npm run doctor prints the policy`,
    );
  }
  return found;
}
