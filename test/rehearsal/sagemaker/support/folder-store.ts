import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from '../../../../rehearsal/sagemaker/options';

/** An object store in a folder: a bucket is a folder, a key a path. */
export function folderStore(root: string): ObjectStore {
  const place = (bucket: string, key: string) => path.join(root, bucket, key);
  const get = async (bucket: string, key: string) => {
    try {
      return await readFile(place(bucket, key));
    } catch {
      throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
    }
  };
  const put = async (bucket: string, key: string, body: Buffer | string) => {
    await mkdir(path.dirname(place(bucket, key)), { recursive: true });
    await writeFile(place(bucket, key), body);
  };
  return {
    get,
    put,
    list: async (bucket, prefix) => {
      const entries = await readdir(path.join(root, bucket), { withFileTypes: true, recursive: true }).catch(
        () => [],
      );
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(path.join(root, bucket), path.join(entry.parentPath, entry.name)))
        .filter((key) => key.startsWith(prefix))
        .sort()
        .map((key) => ({ key, size: 1, etag: 'etag' }));
    },
    download: async (bucket, key, file) => writeFile(file, await get(bucket, key)),
    upload: async (bucket, key, file) => {
      await mkdir(path.dirname(place(bucket, key)), { recursive: true });
      await copyFile(file, place(bucket, key));
    },
  };
}
