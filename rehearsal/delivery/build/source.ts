import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Refusal } from '../../../operations/terminal/refusal';
import type { Revision } from '../pipeline/execution';

/**
 * Copies what a commit of this working tree would hold: the files git tracks, and those it does not ignore.
 *
 * @param root folder of the checkout
 * @param projects folder that takes the place of `projects/`
 * @param target folder that does not exist yet
 * @throws Refusal outside a git checkout
 */
export function cleanCopy(root: string, projects: string, target: string): Revision {
  const git = (...args: string[]): string => {
    try {
      return execFileSync('git', ['-C', root, ...args], {
        encoding: 'utf8',
        maxBuffer: 1e8,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      throw new Refusal(
        `${root} is no git checkout with a commit; delivery is rehearsed from what git knows: run git init, and commit`,
      );
    }
  };
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of new Set(files)) {
    // A file that was deleted and not yet committed is still in the index.
    if (file === '' || !existsSync(join(root, file)) || lstatSync(join(root, file)).isDirectory()) continue;
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(root, file), join(target, file), { verbatimSymlinks: true });
  }
  if (relative(join(root, 'projects'), resolve(projects)) !== '') {
    rmSync(join(target, 'projects'), { recursive: true, force: true });
    cpSync(projects, join(target, 'projects'), {
      recursive: true,
      filter: (path) => !/(^|\/)(__pycache__|\.[a-z]+_cache)(\/|$)/.test(relative(projects, path)),
    });
  }
  const [commit = '', author = '', message = ''] = git('log', '-1', '--format=%H%n%ae%n%s').split('\n');
  return { folder: target, commit, author, message };
}
