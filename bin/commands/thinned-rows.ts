import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatCsv, parseCsv } from '../../operations/scaffold/new/csv';

/**
 * Leaves every so many-th row in the CSV files of a folder, so that rows which are sorted still show all classes.
 *
 * @param most rows that may be left, in all files together
 * @returns how many there were and are, or undefined where nothing was left out
 */
export function thinRows(folder: string, most: number): { before: number; after: number } | undefined {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => {
      const path = join(folder, name);
      const [header = [], ...rows] = parseCsv(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
      return { path, header, rows };
    });
  const before = files.reduce((sum, { rows }) => sum + rows.length, 0);
  const every = Math.ceil(before / most);
  if (every <= 1) return undefined;
  let after = 0;
  for (const { path, header, rows } of files) {
    const kept = rows.filter((_, index) => index % every === 0);
    writeFileSync(path, formatCsv([header, ...kept]));
    after += kept.length;
  }
  return { before, after };
}
