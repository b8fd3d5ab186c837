import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Inference ids that were labelled on this machine. */
export interface Done {
  readonly ids: ReadonlySet<string>;
  add(id: string): void;
}

/**
 * Remembers what was labelled, by id and without a text: the records know a correction that changed something, but not
 * one that confirmed what was said last.
 *
 * @param directory of what this machine keeps, ignored by git
 */
export function rememberDone(directory: string, project: string, environment: string): Done {
  const path = join(directory, 'label', `${project}-${environment}.txt`);
  const ids = new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []);
  return {
    ids,
    add(id) {
      if (ids.has(id)) return;
      ids.add(id);
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${id}\n`);
    },
  };
}
