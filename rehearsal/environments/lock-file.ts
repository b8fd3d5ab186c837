import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/**
 * Runs `work` while no other process on this machine runs it for the same file: two rehearsals started at once must
 * not write into one environment. The lock of a process that died is taken over.
 */
export async function exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
  while (!take(file)) await new Promise((next) => setTimeout(next, 100));
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch {
    if (!heldByTheLiving(file)) rmSync(file, { force: true });
    return false;
  }
}

function heldByTheLiving(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    // Zero: opened a moment ago, its number not yet written.
    if (holder > 0) process.kill(holder, 0);
    return true;
  } catch {
    return false;
  }
}
