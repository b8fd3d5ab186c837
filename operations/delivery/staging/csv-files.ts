import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../terminal/refusal';

/**
 * The CSV files of a folder, in order.
 *
 * @throws Refusal when there is no such folder, or none in it
 */
export function csvFilesOf(folder: string): string[] {
  if (!existsSync(folder))
    throw new Refusal(
      `${folder}: there is no such file or folder · allowed: a CSV file, or a folder of them`,
    );
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .map((file) => join(folder, file));
  if (files.length === 0)
    throw new Refusal(`${folder}: holds no .csv file · allowed: CSV files with a header line each`);
  return files;
}
