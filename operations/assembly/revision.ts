import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../terminal/refusal';

/** Enough for the names of all files of a large repository, in bytes. */
const MOST_OUTPUT = 256 * 1024 * 1024;

/** A checkout, and the environment that git runs in. */
export interface Checkout {
  /** Folder of package.json, absolute. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

function git({ root, env }: Checkout, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: MOST_OUTPUT,
    env,
  }).trim();
}

/**
 * The commit that a revision names.
 *
 * @throws Refusal when there is none
 */
export function commitOf(checkout: Checkout, revision: string): string {
  try {
    // `--end-of-options` keeps a revision that begins with a hyphen from being an option.
    return git(checkout, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch {
    throw new Refusal(
      `${revision}: is no commit of this repository · allowed: a branch, tag or commit that was fetched, such as HEAD~1 or origin/main`,
    );
  }
}

/** Files that differ between a revision and the working tree, new ones included, relative to the root. */
export function changedFiles(checkout: Checkout, revision: string): string[] {
  const commit = commitOf(checkout, revision);
  const tracked = git(checkout, 'diff', '--name-only', '--relative', '-z', commit, '--');
  const added = git(checkout, 'ls-files', '--others', '--exclude-standard', '-z');
  return [...new Set([...tracked.split('\0'), ...added.split('\0')])].filter((path) => path !== '').sort();
}

/**
 * Writes the files of a revision to a folder, with the packages that are installed here. It is a plain copy: git keeps no
 * record of it, so that removing the folder leaves nothing behind.
 *
 * @returns the folder that stands for the root in it
 * @throws Refusal when there is no such revision
 */
export function checkOut(checkout: Checkout, revision: string, into: string): string {
  const commit = commitOf(checkout, revision);
  const top = {
    root: git(checkout, 'rev-parse', '--show-toplevel'),
    env: { ...checkout.env, GIT_INDEX_FILE: join(into, 'index') },
  };
  const tree = join(into, 'tree');
  git(top, 'read-tree', commit);
  git(top, 'checkout-index', '--all', '--quiet', `--prefix=${tree}/`);
  const copy = join(tree, git(checkout, 'rev-parse', '--show-prefix'));
  linkPackages(checkout.root, copy);
  return copy;
}

/** Links each package, not the folder: what is cached beside them belongs to one checkout. */
function linkPackages(root: string, copy: string): void {
  const from = join(root, 'node_modules');
  const to = join(copy, 'node_modules');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== '.cache') symlinkSync(join(from, name), join(to, name));
  }
}
