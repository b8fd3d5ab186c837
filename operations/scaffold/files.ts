import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What tools leave beside the files that people write. */
const LEFT_BY_TOOLS = /(^|\/)(__pycache__|\.\w+_cache|\.venv|node_modules|\.DS_Store|[^/]+\.pyc)(\/|$)/;

/** Paths of all files below a folder, with `/` and in order, without what tools leave behind. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !LEFT_BY_TOOLS.test(path))
    .sort((a, b) => (a < b ? -1 : 1));
}

export const sha256 = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex');
