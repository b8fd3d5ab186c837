import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ObjectStore } from '../options';
import { parseS3Uri, under } from './s3-uri';

const run = promisify(execFile);

/** Uploads every file of a folder under an S3 prefix. A folder that was never made is empty. */
export async function upload(
  store: ObjectStore,
  folder: string,
  uri: string,
  kmsKey: string | undefined,
): Promise<void> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  for (const file of await filesOf(folder)) {
    const key = path.relative(folder, file).split(path.sep).join('/');
    await store.upload(bucket, under(prefix, key), file, kmsKey);
  }
}

/** Packs the content of a folder as SageMaker packs a model, without the folder itself. */
export async function pack(folder: string, archive: string): Promise<void> {
  await mkdir(path.dirname(archive), { recursive: true });
  // macOS would add a `._` file for each one.
  const env = { ...process.env, COPYFILE_DISABLE: '1' };
  await run('tar', ['-czf', archive, '-C', folder, ...(await readdir(folder))], { env });
}

/** Unpacks a `model.tar.gz` into a folder. */
export async function unpack(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', folder]);
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
