import { existsSync, readFileSync } from 'node:fs';

/** The last lines of a log file; empty when there is none. */
export function lastLines(file: string, lines: number): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
