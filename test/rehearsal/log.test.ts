import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logFolder } from '../../rehearsal/log';

const parent = mkdtempSync(join(tmpdir(), 'logs-'));
afterAll(() => rmSync(parent, { recursive: true }));

test('logs of the last five runs are kept, and those of a longer one that still writes', () => {
  // No process has a number as high as the others'.
  const own = join(parent, `2000-01-01T00-00-00-${process.pid}`);
  for (const folder of [
    own,
    ...[1, 2, 3, 4, 5, 6].map((day) => join(parent, `2001-01-0${day}T00-00-00-99999999`)),
  ])
    mkdirSync(folder);

  logFolder(parent);

  expect(existsSync(own)).toBe(true);
  expect(readdirSync(parent).filter((name) => name.startsWith('2001'))).toHaveLength(4);
});
