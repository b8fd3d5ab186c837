import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** Bytes of a log's end that are looked at; a line of progress is shorter. */
const END = 2_048;

/** The last line of a file that somebody else still writes, without colours; undefined where there is none yet. */
export function lastLine(file: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return undefined; // not begun
  }
  try {
    const { size } = fstatSync(handle);
    const end = Buffer.alloc(Math.min(size, END));
    readSync(handle, end, 0, end.length, size - end.length);
    return stripVTControlCharacters(end.toString('utf8'))
      .split(/[\r\n]+/)
      .findLast((line) => line.trim() !== '')
      ?.trim();
  } finally {
    closeSync(handle);
  }
}
