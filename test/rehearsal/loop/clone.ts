import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './command';

/** A clone of this checkout as it stands, with the packages and Python environments that are installed here. */
export interface Clone {
  readonly folder: string;
  /** Runs a line as a person would type it; both outputs together. */
  type(line: string): { readonly code: number; readonly output: string };
  remove(): void;
}

/** Clones what git knows of here, changes that are not committed included. */
export function clone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-newcomer-'));
  const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' });
  const files = git(ROOT, 'ls-files', '--cached', '--others', '--exclude-standard').split('\n');
  for (const file of files.filter((name) => name && existsSync(join(ROOT, name)))) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  // What is built into node_modules/.cache belongs to a checkout; packages can be shared.
  link('node_modules', folder, (name) => name !== '.cache');
  link('.rehearsal', folder, (name) => name === 'environments' || name === 'uv');
  const person = ['-c', 'user.name=Newcomer', '-c', 'user.email=newcomer@acme.com'];
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  git(folder, 'add', '--all');
  git(folder, ...person, 'commit', '--quiet', '--message', 'clone');
  return {
    folder,
    type: (line) => {
      const env = { ...process.env, NO_COLOR: '1', npm_config_loglevel: 'silent' };
      const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
        cwd: folder,
        env,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      return { code: status ?? -1, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function link(name: string, folder: string, wanted: (child: string) => boolean): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const child of readdirSync(join(ROOT, name)).filter(wanted)) {
    symlinkSync(join(ROOT, name, child), join(folder, name, child));
  }
}
