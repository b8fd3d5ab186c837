import { join } from 'node:path';
import { placeholdersIn } from '../../../lib/config/placeholders';
import { PLATFORM_YAML, type TemporaryProjects, temporaryProjects } from '../../fixtures/project';

let projects: TemporaryProjects;
beforeEach(() => {
  projects = temporaryProjects();
});
afterEach(() => projects.remove());

test('every example in platform.yaml is found with its line', () => {
  const found = placeholdersIn(join(projects.folder, 'platform.yaml'));

  expect(found.map(({ line, value }) => [line, value])).toEqual(
    expect.arrayContaining([
      [1, 'example'],
      [2, 'ml-platform@example.com'],
      [3, '000011112222'],
      [3, 'example/mlops'],
      [5, '111122223333'],
      [7, 'oncall@example.com'],
    ]),
  );
});

test('a platform of a company has none', () => {
  const own = PLATFORM_YAML.replaceAll('example', 'acme')
    .replace('"000011112222"', '"210987654321"')
    .replace('000011112222', '210987654321')
    .replace('111122223333', '310987654321')
    .replace('444455556666', '410987654321')
    .replace('00000000-0000-0000-0000-000000000000', '1b2c3d4e-aaaa-bbbb-cccc-0123456789ab');
  projects.write('platform.yaml', own);

  expect(placeholdersIn(join(projects.folder, 'platform.yaml'))).toEqual([]);
});
