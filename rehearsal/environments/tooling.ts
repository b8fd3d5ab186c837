import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Refusal } from '../../operations/terminal/refusal';
import type { Belongings } from '../processes/belongings';
import { runCommand } from '../processes/command';
import { lastLines } from '../processes/log';
import { requireDisk } from './disk';
import { exclusively } from './lock-file';
import { findPython, type Python } from './python';
import { isStamped, stampOf, writeStamp } from './stamp';

/** What environments are made with. */
export interface Tooling {
  readonly python: Python;
  /** The rehearsal's own folder, absolute. */
  readonly directory: string;
  /** Runs pinned uv; makes it first if this machine has none yet. @throws Refusal with the log's last lines */
  uv(...args: string[]): Promise<void>;
}

export interface ToolingSettings {
  /** Ignored folder that holds everything made here: `.rehearsal`. */
  readonly directory: string;
  /** This process's environment: PATH, proxies, certificates and package index settings of the installers. */
  readonly env: NodeJS.ProcessEnv;
  readonly belongings: Belongings;
  /** Told what takes long. @default - nobody */
  readonly say?: (what: string) => void;
}

const LOCK = join(__dirname, 'uv.lock.txt');
const ROOM = 1.5e9;

/**
 * Looks for Python and prepares pinned uv in a virtual environment of its own. Nothing is installed until it is needed.
 *
 * @throws Refusal in one line for a missing or unfit Python
 */
export async function tooling(settings: ToolingSettings): Promise<Tooling> {
  const python = await findPython(settings.env);
  const directory = resolve(settings.directory);
  mkdirSync(directory, { recursive: true });
  const env = installerEnvironment(settings.env, directory);
  const run = async (what: string, command: string, args: readonly string[]) => {
    const log = join(directory, 'logs', 'environments.log');
    const code = await runCommand({ name: what, command, args, env, log }, settings.belongings);
    if (code !== 0) {
      throw new Refusal(`${what} failed (exit code ${code}); log: ${log}\n${lastLines(log, 15)}`);
    }
  };

  let made: Promise<string> | undefined;
  const uvPath = async () => {
    const home = join(directory, 'uv');
    const stamp = stampOf(LOCK, python);
    await exclusively(`${home}.lock`, async () => {
      if (isStamped(home, stamp)) return;
      settings.say?.('installing uv');
      await requireDisk(directory, ROOM);
      await run('python -m venv', python.path, ['-m', 'venv', '--clear', home]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
      await run('pip install uv', join(home, 'bin', 'python'), [...pip, '--require-hashes', '-r', LOCK]);
      writeStamp(home, stamp);
    });
    return join(home, 'bin', 'uv');
  };
  return {
    python,
    directory,
    async uv(...args) {
      made ??= uvPath();
      await run(`uv ${args.slice(0, 2).join(' ')}`, await made, args);
    },
  };
}

/** What the installers see: this process's settings, without what would turn them to another Python or bytecode off. */
function installerEnvironment(env: NodeJS.ProcessEnv, directory: string): Record<string, string> {
  const dropped = /^(VIRTUAL_ENV|PYTHON\w*|UV_PYTHON\w*|UV_PROJECT\w*|PIP_REQUIRE_VIRTUALENV)$/;
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !dropped.test(name));
  const result: Record<string, string> = Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
  // On the same disk as the environments, so that packages are linked, not copied.
  result.UV_CACHE_DIR ??= join(directory, 'cache');
  // A company's mirror is usually told to pip; uv reads other names.
  if (result.PIP_INDEX_URL) result.UV_DEFAULT_INDEX ??= result.PIP_INDEX_URL;
  result.UV_NO_CONFIG = '1';
  result.UV_PYTHON_DOWNLOADS = 'never';
  return result;
}
