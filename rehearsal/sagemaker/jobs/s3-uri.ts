/** Bucket and key of an `s3://` address; the key may be a prefix, or empty. */
export function parseS3Uri(uri: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  if (!bucket) throw new Error(`not an S3 address: ${uri}, expected s3://<bucket>/<key>`);
  return { bucket, key };
}

/** Puts a key under a prefix, with exactly one slash between. */
export const under = (prefix: string, key: string): string =>
  `${prefix.replace(/\/+$/, '')}/${key}`.replace(/^\//, '');
