import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Root of the repository. */
export const ROOT = join(__dirname, '../..');

/** Every Markdown page of the repository, by its path from the root. */
export const pages: readonly string[] = markdownIn(ROOT).map((path) => relative(ROOT, path));

function markdownIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (['node_modules', 'dist', 'cdk.out'].includes(name)) return [];
    if (name.startsWith('.') && name !== '.github') return [];
    if (statSync(path).isDirectory()) return markdownIn(path);
    return name.endsWith('.md') ? [path] : [];
  });
}
