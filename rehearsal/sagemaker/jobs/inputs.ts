import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from '../options';
import { JobFailure } from './failure';
import { parseS3Uri, under } from './s3-uri';

/** What a job reads from S3, and the folder it finds it in. */
export interface Input {
  readonly uri: string;
  readonly type: string;
  readonly folder: string;
}

interface Item {
  readonly key: string;
  /** Path below the folder. */
  readonly to: string;
}

const AT_ONCE = 8;

/**
 * Downloads an input, as the job's role.
 *
 * An input with no object fails the job before any code runs, as on AWS.
 */
export async function download(store: ObjectStore, input: Input, role: string | undefined): Promise<void> {
  const { bucket, items } =
    input.type === 'ManifestFile' ? await fromManifest(store, input) : await fromPrefix(store, input);
  if (items.length === 0) {
    throw new JobFailure(
      `ClientError: No S3 objects found under S3 URL "${input.uri}" given in input data source. Please ensure that the bucket exists, that objects exist under that S3 prefix, and that the role "${role}" has "s3:ListBucket" permissions on the bucket.`,
    );
  }
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await Promise.all(
      items.slice(start, start + AT_ONCE).map((item) => fetchOne(store, bucket, item, input.folder)),
    );
  }
}

async function fetchOne(
  store: ObjectStore,
  bucket: string,
  { key, to }: Item,
  folder: string,
): Promise<void> {
  const file = path.join(folder, to);
  if (!file.startsWith(folder + path.sep))
    throw new JobFailure(`ClientError: the key ${key} leads out of the input folder`);
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await store.download(bucket, key, file);
  } catch (error) {
    // An SDK error often names neither object nor bucket.
    if (error instanceof Error) error.message = `${error.message} (downloading s3://${bucket}/${key})`;
    throw error;
  }
}

/** Every key that begins with the prefix: a whole object, a folder, or part of a name. */
async function fromPrefix(store: ObjectStore, { uri }: Input): Promise<{ bucket: string; items: Item[] }> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const objects = await store.list(bucket, prefix);
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const items = objects
    .filter(({ key }) => !key.endsWith('/'))
    .map(({ key }) => ({
      key,
      to: key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : key.slice(folder.length),
    }));
  return { bucket, items };
}

/**
 * `[{"prefix": "s3://bucket/folder/"}, "file", "folder/file"]`; keys keep their place below the prefix.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3DataSource.html
 */
async function fromManifest(store: ObjectStore, { uri }: Input): Promise<{ bucket: string; items: Item[] }> {
  const manifest = parseS3Uri(uri);
  const text = (await store.get(manifest.bucket, manifest.key)).toString('utf8');
  const refuse = (why: string) => new JobFailure(`ClientError: the manifest ${uri} ${why}`);
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw refuse('is not JSON');
  }
  if (!Array.isArray(entries)) throw refuse('is not a list');
  const [head, ...keys] = entries as unknown[];
  const prefix = (head as { prefix?: unknown } | undefined)?.prefix;
  if (typeof prefix !== 'string') throw refuse('does not begin with {"prefix": "s3://…"}');
  if (!keys.every((key) => typeof key === 'string')) throw refuse('names something that is not a key');
  const { bucket, key: folder } = parseS3Uri(prefix);
  return {
    bucket,
    items: keys.map((key) => ({
      key: folder.endsWith('/') || !folder ? folder + key : under(folder, key),
      to: key,
    })),
  };
}
