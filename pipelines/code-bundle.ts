import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Python that every project shares. */
export const SHARED_STEPS = join('pipelines', 'steps');

/** The files that jobs and the model server run, flat, and the hash that names them in S3 (`code/<hash>/`). */
export interface CodeBundle {
  /** sha256 over names and contents; equal for equal code, whatever the commit. */
  readonly hash: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * Gathers a project's Python, the shared steps and the settings into one flat bundle.
 *
 * Only what runs is in it: a change of README, tests or sample changes no hash, so it trains nothing.
 *
 * @param project folder of the project, with preprocess.py, train.py, evaluate.py and inference.py
 * @param shared folder of the shared steps
 * @param settings written as settings.json; jobs read it instead of environment variables, which are short
 * @throws when a step is missing, or a project's file has the name of a shared one
 */
export function codeBundle(project: string, shared: string, settings: object): CodeBundle {
  const files = new Map<string, Buffer>();
  for (const folder of [shared, project]) {
    for (const name of readdirSync(folder)
      .filter((file) => file.endsWith('.py'))
      .sort()) {
      if (files.has(name)) {
        throw new Error(
          `${join(project, name)}: ${name} is the name of a step every project shares (${join(shared, name)}); give the file another name`,
        );
      }
      files.set(name, readFileSync(join(folder, name)));
    }
  }
  for (const step of ['preprocess.py', 'train.py', 'evaluate.py', 'inference.py']) {
    if (!existsSync(join(project, step)))
      throw new Error(`${join(project, step)}: the step is missing; a project has it`);
  }
  files.set('settings.json', Buffer.from(`${JSON.stringify(settings, null, 2)}\n`));
  const hash = createHash('sha256');
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return { hash: hash.digest('hex'), files };
}
