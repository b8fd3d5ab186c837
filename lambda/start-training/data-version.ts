import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface Buckets {
  readonly artifacts: string;
  readonly records: string;
}

/** Everything one training reads, named by its content. */
export interface DataVersion {
  readonly version: string;
  /** Key of the manifest that lists the objects, in the artifacts bucket. */
  readonly manifestUri: string;
  /** Keys of the labelled objects in it, relative to `data/`. */
  readonly labelled: readonly string[];
}

const DATA = 'data/';

/**
 * Base data and feedback as one version, with its manifest written.
 *
 * A merge gets the feedback too: what the champion learned from corrections must not be forgotten because the code
 * changed. Labelled objects are copied beside the base data first, since a manifest has one prefix for all its keys
 * (and one bucket). A key is written once by whoever makes it, so keys and sizes name the content; ETags would not,
 * because under a KMS key the same bytes get another one at each upload.
 *
 * @param base prefix of the base data, `data/base/<sha256>/`
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html (ManifestFile)
 */
export async function dataVersion(s3: S3Client, buckets: Buckets, base: string): Promise<DataVersion> {
  const baseObjects = await list(s3, buckets.artifacts, base);
  if (baseObjects.length === 0) {
    throw new Error(`no data under s3://${buckets.artifacts}/${base}: stage the base data, then start again`);
  }
  const labelled = await labelledObjects(s3, buckets);
  const objects = [...baseObjects, ...labelled].sort((a, b) => (a.key < b.key ? -1 : 1));
  const names = objects.map(({ key, size }) => `${key} ${size}\n`).join('');
  const version = createHash('sha256').update(names).digest('hex');

  const key = `${DATA}versions/${version}.manifest`;
  const prefix = `s3://${buckets.artifacts}/${DATA}`;
  const manifest = [{ prefix }, ...objects.map((object) => relative(object.key))];
  await putIfAbsent(s3, buckets.artifacts, key, JSON.stringify(manifest));
  return {
    version,
    manifestUri: `s3://${buckets.artifacts}/${key}`,
    labelled: labelled.map((object) => relative(object.key)),
  };
}

/**
 * Labelled rows of this version that the champion was not trained on.
 *
 * @param champion the champion's data version, or undefined when it has none: then every labelled row is new
 */
export async function newRows(
  s3: S3Client,
  { artifacts }: Buckets,
  labelled: readonly string[],
  champion: string | undefined,
): Promise<number> {
  const known = new Set(champion ? await keysOf(s3, artifacts, champion) : []);
  const counts = labelled
    .filter((key) => !known.has(key))
    .map(async (key) => lines(await text(s3, artifacts, `${DATA}${key}`)));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Writes an object that is the same whoever writes it, unless it is there. */
export async function putIfAbsent(s3: S3Client, Bucket: string, Key: string, Body: string): Promise<void> {
  try {
    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json', IfNoneMatch: '*' }),
    );
  } catch (error) {
    // It is there, or somebody writes the same bytes at this moment.
    const there = ['PreconditionFailed', 'ConditionalRequestConflict'];
    if (!(error instanceof Error && there.includes(error.name))) throw error;
  }
}

/** The labelled objects, each copied to `data/labelled/…` of the artifacts bucket when it is not there yet. */
async function labelledObjects(s3: S3Client, { artifacts, records }: Buckets): Promise<Listed[]> {
  const [copied, original] = await Promise.all([
    list(s3, artifacts, `${DATA}labelled/`),
    list(s3, records, 'labelled/'),
  ]);
  const there = new Set(copied.map(({ key }) => key));
  const missing = original
    .map(({ key, size }) => ({ source: key, key: `${DATA}${key}`, size }))
    .filter(({ key }) => !there.has(key));
  for (const { source, key } of missing) {
    const CopySource = `${records}/${source.split('/').map(encodeURIComponent).join('/')}`;
    await s3.send(new CopyObjectCommand({ Bucket: artifacts, Key: key, CopySource }));
  }
  return [...copied, ...missing.map(({ key, size }) => ({ key, size }))];
}

interface Listed {
  readonly key: string;
  readonly size: number;
}

/** Objects with content; an empty one (a folder made by a console, a monitor without corrections) holds no row. */
async function list(s3: S3Client, Bucket: string, Prefix: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
    for (const { Key, Size } of Contents ?? []) if (Key && Size) found.push({ key: Key, size: Size });
  }
  return found;
}

async function keysOf(s3: S3Client, bucket: string, version: string): Promise<string[]> {
  try {
    const manifest: unknown = JSON.parse(await text(s3, bucket, `${DATA}versions/${version}.manifest`));
    return Array.isArray(manifest) ? manifest.filter((entry) => typeof entry === 'string') : [];
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return [];
    throw error;
  }
}

async function text(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

function lines(jsonLines: string): number {
  return jsonLines.split('\n').filter((line) => line.trim() !== '').length;
}

function relative(key: string): string {
  return key.slice(DATA.length);
}
