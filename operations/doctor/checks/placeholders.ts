import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Placeholder, placeholdersIn } from '../../../lib/config/placeholders';
import type { Check } from '../check';
import { listed } from '../commands';
import { error, type Observation, ok } from '../finding';
import type { Machine } from '../machine';

/** Example values that nobody has replaced yet. */
export const placeholders: Check<Machine> = {
  name: 'placeholders',
  permission: 'none',
  look: ({ config, projects }) => {
    const files = [
      join(projects, 'platform.yaml'),
      ...config.projects.map(({ folder }) => join(folder, 'project.yaml')),
    ];
    const found = files.filter((file) => existsSync(file)).flatMap(placeholdersOf);
    return found.length > 0 ? found : [ok('platform.yaml and projects hold no example values')];
  },
};

function placeholdersOf(file: string): Observation[] {
  const found = placeholdersIn(file);
  const [first] = found;
  if (!first) return [];
  const remedy = file.endsWith('platform.yaml')
    ? `npm run init, or edit ${first.file}:${first.line}`
    : `edit ${first.file}:${first.line}`;
  return [error(`${first.file} still holds example values: ${shown(found)}`, remedy)];
}

const shown = (found: readonly Placeholder[]): string =>
  listed(
    found.map(({ line, value }) => `line ${line} "${value}"`),
    found.length,
  );
