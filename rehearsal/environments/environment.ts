import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireDisk } from './disk';
import { exclusively } from './lock-file';
import { sizeOf } from './size';
import { isStamped, stampOf, writeStamp } from './stamp';
import type { Tooling } from './tooling';

export interface EnvironmentRequest {
  /** Folder name below `<directory>/environments`. */
  readonly name: string;
  /** Requirements with a hash for every file, as `uv pip compile --generate-hashes` writes them. */
  readonly lock: string;
}

export interface Environment {
  /** Absolute path of the environment's interpreter. */
  readonly python: string;
  /** Version of that interpreter, `3.12.1`. */
  readonly version: string;
  /** False when an earlier run had made it already. */
  readonly made: boolean;
  readonly seconds: number;
}

/**
 * Makes a Python environment from a hash-pinned lock, or takes the one that is there when lock and interpreter are the
 * same. Bytecode is compiled at once: several jobs start side by side, and each would compile the same files again.
 *
 * @param say told before a large one is fetched, which takes minutes and gigabytes
 * @throws Refusal when the disk is full or uv fails
 */
export async function environment(
  request: EnvironmentRequest,
  tools: Tooling,
  say: (what: string) => void = () => undefined,
): Promise<Environment> {
  const started = Date.now();
  const home = join(tools.directory, 'environments', request.name);
  const python = join(home, 'bin', 'python');
  const stamp = stampOf(request.lock, tools.python);
  mkdirSync(dirname(home), { recursive: true });
  const made = await exclusively(`${home}.lock`, async () => {
    if (isStamped(home, stamp)) return false;
    const { room, large } = sizeOf(request.lock);
    await requireDisk(tools.directory, room);
    if (large) {
      say(
        `making the Python environment ${request.name}: up to ${room / 1e9} GB in ${tools.directory}, minutes, and only once`,
      );
    }
    await tools.uv('venv', '--quiet', '--clear', '--no-project', '--python', tools.python.path, home);
    const sync = ['sync', '--quiet', '--require-hashes', '--compile-bytecode', '--only-binary', ':all:'];
    await tools.uv('pip', ...sync, '--python', python, request.lock);
    writeStamp(home, stamp);
    return true;
  });
  return { python, version: tools.python.version, made, seconds: (Date.now() - started) / 1000 };
}
