import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a projects/ folder of `count` projects that differ in their names, from one that is there: its configuration and
 * the files that a synthesis reads.
 *
 * @param from a folder of projects; the first in it is the model of all
 */
export function manyProjects(from: string, folder: string, count: number): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(from, 'platform.yaml'), join(folder, 'platform.yaml'));
  const model = readdirSync(from, { withFileTypes: true }).find((entry) => entry.isDirectory());
  if (!model) throw new Error(`${from} holds no project to make more of`);
  for (let index = 1; index <= count; index++) {
    cpSync(join(from, model.name), join(folder, `bench-${index}`), {
      recursive: true,
      filter: (path) => !path.endsWith('.template.json') && !path.includes('__pycache__'),
    });
  }
  return folder;
}

/** Resources in the templates of an assembly. */
export function resourcesIn(assembly: string): number {
  return readdirSync(assembly)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => Object.keys(JSON.parse(readFileSync(join(assembly, name), 'utf8')).Resources ?? {}).length)
    .reduce((sum, resources) => sum + resources, 0);
}
