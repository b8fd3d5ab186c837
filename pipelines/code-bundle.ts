import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The Python that every project shares. */
export const SHARED_STEPS = join('pipelines', 'steps');

/** What a bundle holds of a folder: Python, rules that it reads, and templates of what it writes. */
const BUNDLED = /^[^.].*\.(py|json|html)$/;

/** A folder with this file is a package of Python, and goes along; `tests/` and others do not. */
const PACKAGE = '__init__.py';

/** Written by us: no file of a folder may have the name. */
const SETTINGS = 'settings.json';

/** The files that jobs and the model server run, and the hash that names them in S3 (`code/<hash>/`). */
export interface CodeBundle {
  /** sha256 over names and contents; equal for equal code, whatever the commit. */
  readonly hash: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * Gathers a project's Python, the shared steps and the settings into one bundle: the files of both folders side by side, and
 * their packages below.
 *
 * Only what runs is in it: a change of README, tests, sample, project.yaml or base_models.yaml changes no hash by itself,
 * so it trains nothing; what settings.json says of them does.
 *
 * @param project folder of the project, with preprocess.py, train.py, evaluate.py and inference.py
 * @param shared folder of the shared steps
 * @param settings written as settings.json; jobs read it instead of environment variables, which are short
 * @throws when a step is missing, or a project's file has the name of a shared one or of the settings
 */
export function codeBundle(project: string, shared: string, settings: object): CodeBundle {
  const files = new Map<string, Buffer>();
  for (const folder of [shared, project]) {
    for (const name of bundled(folder)) {
      if (files.has(name)) {
        throw new Error(
          `${join(project, name)}: ${name} is the name of a step every project shares (${join(shared, name)}); give the file another name`,
        );
      }
      if (name === SETTINGS) {
        throw new Error(
          `${join(folder, name)}: ${SETTINGS} is written from project.yaml; give the file another name`,
        );
      }
      files.set(name, readFileSync(join(folder, name)));
    }
  }
  for (const step of ['preprocess.py', 'train.py', 'evaluate.py', 'inference.py']) {
    if (!existsSync(join(project, step)))
      throw new Error(`${join(project, step)}: the step is missing; a project has it`);
  }
  files.set(SETTINGS, Buffer.from(`${JSON.stringify(settings, null, 2)}\n`));
  const hash = createHash('sha256');
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return { hash: hash.digest('hex'), files };
}

/** Writes a bundle's files below a folder, which is made. */
export function writeBundle({ files }: CodeBundle, folder: string): void {
  for (const [name, content] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** Files of a folder and of the packages in it, relative to it. */
function bundled(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const packages = entries.filter(
    (entry) => entry.isDirectory() && existsSync(join(folder, entry.name, PACKAGE)),
  );
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  return [
    ...files.filter((name) => BUNDLED.test(name)),
    ...packages.flatMap(({ name }) =>
      readdirSync(join(folder, name))
        .filter((file) => BUNDLED.test(file))
        .map((file) => `${name}/${file}`),
    ),
  ].sort();
}
