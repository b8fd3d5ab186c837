import { readFile, writeFile } from 'node:fs/promises';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from './options';

/** S3 as the client's credentials see it. */
export function s3Store(client: S3Client): ObjectStore {
  const get = async (Bucket: string, Key: string): Promise<Buffer> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };
  // Whole bodies, not streams: artefacts are a few megabytes here, and a buffer can be sent again on a retry.
  const put = async (Bucket: string, Key: string, body: Buffer | string, kmsKey?: string): Promise<void> => {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: body,
        ...(kmsKey && { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey }),
      }),
    );
  };
  return {
    get,
    put,
    list: async (Bucket, Prefix) => {
      const found: Array<{ key: string; size: number; etag: string }> = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        for (const { Key, Size, ETag } of page.Contents ?? []) {
          if (Key) found.push({ key: Key, size: Size ?? 0, etag: (ETag ?? '').replaceAll('"', '') });
        }
      }
      return found;
    },
    download: async (bucket, key, file) => writeFile(file, await get(bucket, key)),
    upload: async (bucket, key, file, kmsKey) => put(bucket, key, await readFile(file), kmsKey),
  };
}
