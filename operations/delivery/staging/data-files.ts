import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Refusal } from '../../terminal/refusal';

/** A file of rows on this machine. */
export interface DataFile {
  /** Below the folder of the data, with slashes: a month may stand in it, as in `2026/10/emails.csv`. */
  readonly name: string;
  readonly path: string;
}

/**
 * The CSV and JSON Lines files below a folder, in order.
 *
 * @throws Refusal when there is no such folder, or none in it
 */
export function dataFilesOf(folder: string): DataFile[] {
  if (!existsSync(folder))
    throw new Refusal(
      `${folder}: there is no such file or folder · allowed: a CSV file, or a folder of them`,
    );
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(csv|jsonl)$/.test(file))
    .sort()
    .map((file) => ({ name: file.replaceAll(sep, '/'), path: join(folder, file) }));
  if (files.length === 0)
    throw new Refusal(
      `${folder}: holds no .csv or .jsonl file · allowed: CSV files with a header line each, JSON Lines`,
    );
  return files;
}
