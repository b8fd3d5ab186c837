import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** An object as a listing shows it. */
export interface StoredObject {
  readonly key: string;
  /** ISO time at which S3 stored it; whole seconds on AWS. */
  readonly stored: string;
}

/**
 * Lists the objects under a prefix in the order of their keys, which in dated folders is the order of time.
 *
 * @param after only keys greater than this one
 * @param limit at most so many; all of them without it
 */
export async function storedObjects(
  s3: S3Client,
  bucket: string,
  { prefix, after, limit = Number.POSITIVE_INFINITY }: { prefix: string; after?: string; limit?: number },
): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        StartAfter: after,
        ContinuationToken: token,
        MaxKeys: Math.min(1_000, limit - objects.length),
      }),
    );
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (Key !== undefined && LastModified !== undefined) {
        objects.push({ key: Key, stored: LastModified.toISOString() });
      }
    }
    token = page.NextContinuationToken;
  } while (token !== undefined && objects.length < limit);
  return objects;
}
