import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal } from '../../operations/terminal/refusal';
import type { Tooling } from '../../rehearsal/environments/tooling';
import { withoutProvided } from './provided';

/** A Python environment whose lock is written. */
export interface Locked {
  readonly name: string;
  /** Folder with requirements.in. */
  readonly folder: string;
  /** Minor version that the lock is for. */
  readonly python: string;
  /** Packages that its base image brings, as patterns. @default - it has no base image */
  readonly provides?: readonly string[] | undefined;
}

export interface Locking {
  readonly tools: Pick<Tooling, 'directory' | 'python' | 'uv'>;
  /** Looks for newer versions; otherwise what is locked stays as far as requirements.in lets it. */
  readonly upgrade: boolean;
  /** Writes nothing. */
  readonly check: boolean;
}

const IN = 'requirements.in';
const LOCK = 'requirements.lock';
/** Requirements that replace what packages ask for, such as one that a package never imports here. */
const OVERRIDES = 'overrides.txt';
/** The lock of what is installed on top of a base image. */
const IMAGE_LOCK = 'image.lock';

/**
 * Writes the locks of an environment: every package with its version and the hashes of its files, for all platforms.
 *
 * @returns names of the files that differ from what was there
 * @throws Refusal when there are no requirements, or uv finds no versions that go together
 */
export async function lock(environment: Locked, { tools, upgrade, check }: Locking): Promise<string[]> {
  const folder = resolve(environment.folder);
  if (!existsSync(join(folder, IN)))
    throw new Refusal(
      `${join(environment.folder, IN)}: there is no such file; it names what the environment needs`,
    );
  const work = mkdtempSync(join(tools.directory, 'lock-'));
  try {
    const written = join(work, LOCK);
    // Where a lock is, uv keeps its versions.
    if (existsSync(join(folder, LOCK))) copyFileSync(join(folder, LOCK), written);
    await tools.uv(
      // In the folder, so that no path of this machine or of one project gets into the lock.
      ...['--directory', folder, 'pip', 'compile', IN, '--output-file', written],
      ...['--quiet', '--universal', '--fork-strategy', 'fewest', '--generate-hashes'],
      ...['--python-version', environment.python, '--python', tools.python.path],
      ...['--custom-compile-command', 'npm run lock'],
      ...(existsSync(join(folder, OVERRIDES)) ? ['--override', OVERRIDES] : []),
      ...(upgrade ? ['--upgrade'] : []),
    );
    const locks: Array<[string, string]> = [[LOCK, readFileSync(written, 'utf8')]];
    if (environment.provides)
      locks.push([IMAGE_LOCK, withoutProvided(readFileSync(written, 'utf8'), environment.provides)]);
    const changed = locks.filter(([name, text]) => contentOf(join(folder, name)) !== text);
    if (!check) for (const [name, text] of changed) put(join(folder, name), text);
    return changed.map(([name]) => name);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const contentOf = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

/** Whole or not at all: a lock that ends in the middle would install a part. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
