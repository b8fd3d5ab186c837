import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { problemsOf } from '../../../lib/config/load';
import { placeholdersIn } from '../../../lib/config/placeholders';
import { type Problem, shownPath } from '../../../lib/config/problems';
import { readStamp, STAMP_FILE } from '../../../lib/config/stamp';
import { Refusal } from '../../terminal/refusal';
import { followEnvironments } from '../environments';
import { sha256 } from '../files';
import { platformYaml, wordsOf } from './platform-yaml';
import type { Values } from './questions';

/** What init did. */
export interface Initialised {
  readonly file: string;
  /** Projects that nobody had edited yet, and that now run in the environments of the new file. */
  readonly followed: readonly string[];
  /** What does not fit the new file in projects that somebody edited. */
  readonly problems: readonly Problem[];
}

/**
 * Refuses to replace a platform.yaml that somebody has made theirs.
 *
 * @param force replace it all the same
 */
export function refuseToOverwrite(projects: string, force: boolean): void {
  const file = join(projects, 'platform.yaml');
  if (!existsSync(projects))
    throw new Refusal(`${projects} is not there · run this in the folder of the clone`);
  if (force || !existsSync(file) || isShipped(file)) return;
  throw new Refusal(`${shownPath(file)} is yours already · edit it, or replace it with --force`);
}

/** The file of the template names example accounts only. */
function isShipped(file: string): boolean {
  const examples = new Set(placeholdersIn(file).map(({ value }) => value));
  const { delivery, environments } = (parse(readFileSync(file, 'utf8')) ?? {}) as {
    delivery?: { account?: unknown };
    environments?: Record<string, { account?: unknown }>;
  };
  const accounts = [delivery, ...Object.values(environments ?? {})].map((place) => place?.account);
  return accounts.every((account) => typeof account === 'string' && examples.has(account));
}

/**
 * Writes platform.yaml, and lets the projects follow that are still as they were made.
 *
 * @param values complete and checked
 */
export function initialise(projects: string, templates: string, values: Values): Initialised {
  const file = join(projects, 'platform.yaml');
  replace(file, platformYaml(values));
  const environments = wordsOf(values.environments);
  const followed = readdirSync(projects).filter((name) => follow(join(projects, name), environments));
  return { file: shownPath(file), followed, problems: problemsOf({ projects, templates }) };
}

/** @returns whether there was something to change, and nobody had edited it */
function follow(folder: string, environments: readonly string[]): boolean {
  const stamp = readStamp(folder);
  const file = join(folder, 'project.yaml');
  if (!stamp || !existsSync(file)) return false;
  const yaml = readFileSync(file, 'utf8');
  if (stamp.files['project.yaml'] !== sha256(yaml)) return false;
  const followed = followEnvironments(yaml, environments);
  if (followed === yaml) return false;
  replace(file, followed);
  const files = { ...stamp.files, 'project.yaml': sha256(followed) };
  replace(join(folder, STAMP_FILE), `${JSON.stringify({ ...stamp, files }, null, 2)}\n`);
  return true;
}

/** Whole or not at all. */
function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}
