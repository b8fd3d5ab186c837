import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Python } from './python';

const FILE = 'rehearsal.stamp';

/** Names what an environment is made of: its lock's text and the interpreter. */
export const stampOf = (lock: string, python: Python): string =>
  createHash('sha256').update(readFileSync(lock)).update(`\0${python.path}\0${python.version}`).digest('hex');

/** Whether an environment was finished with just these parts. */
export function isStamped(home: string, stamp: string): boolean {
  const file = join(home, FILE);
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

/** Marks an environment as finished; written last, so that a half-made one is made again. */
export const writeStamp = (home: string, stamp: string): void => writeFileSync(join(home, FILE), stamp);
