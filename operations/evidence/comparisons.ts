import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What `npm run compare -- --markdown` wrote about the projects of a change: the files `<project>.compare.md` of the folder
 * that `--metrics` names, one after the other.
 *
 * @returns nothing where there is no such folder, or none in it
 */
export function comparisonsIn(paths: readonly string[] = []): string {
  const [folder = ''] = paths;
  if (paths.length !== 1 || !existsSync(folder) || !statSync(folder).isDirectory()) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.compare.md'))
    .sort()
    .map((name) => `\n\n${readFileSync(join(folder, name), 'utf8').trim()}`)
    .join('');
}
