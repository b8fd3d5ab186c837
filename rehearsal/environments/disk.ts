import { statfs } from 'node:fs/promises';
import { Refusal } from '../../operations/terminal/refusal';

const GB = 1e9;

/**
 * Checks that a folder's disk has room.
 *
 * @throws Refusal that says how much is free and how much is wanted
 */
export async function requireDisk(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new Refusal(
    `the disk of ${folder} has ${(free / GB).toFixed(1)} GB free, ${(bytes / GB).toFixed(1)} GB are needed; make room and run again`,
  );
}
