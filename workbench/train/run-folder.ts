import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { CodeBundle } from '../../pipelines/code-bundle';

/** Runs of a project that are kept; older ones go, or a disk would fill with models. */
const KEPT = 10;

/** The folder of one training run on this machine, laid out so that each step has its own `/opt/ml`. */
export class RunFolder {
  /** Code, as a job finds it. */
  readonly code: string;

  constructor(
    /** Absolute. */
    readonly path: string,
  ) {
    this.code = join(path, 'code');
  }

  /** Stands for /opt/ml in a step. */
  base(step: string): string {
    return join(this.path, step);
  }

  script(name: string): string {
    return join(this.code, name);
  }

  writeCode(bundle: CodeBundle): void {
    for (const [name, content] of bundle.files) {
      const file = join(this.code, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** Lets a step find something at a place below its base, without a copy. */
  give(step: string, place: string, source: string): void {
    const target = join(this.base(step), place);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(resolve(source), target);
  }
}

/**
 * Makes the folder of a new run, `<directory>/runs/<project>/<time>-<what>`, and points `latest` at it.
 *
 * @param now names the run, to the second
 */
export function newRun(directory: string, project: string, what: string, now: Date): RunFolder {
  const runs = join(directory, 'runs', project);
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  let path = join(runs, `${time}-${what}`);
  for (let again = 2; existsSync(path); again++) path = join(runs, `${time}-${what}-${again}`);
  mkdirSync(path, { recursive: true });
  forget(runs, basename(path));
  const latest = join(runs, 'latest');
  rmSync(latest, { force: true });
  symlinkSync(relative(runs, path), latest);
  return new RunFolder(path);
}

/** Removes all but the newest runs. */
function forget(runs: string, newest: string): void {
  const old = readdirSync(runs)
    .filter((name) => name !== 'latest' && name !== newest)
    .sort()
    .reverse();
  for (const name of old.slice(KEPT - 1)) rmSync(join(runs, name), { recursive: true, force: true });
}
