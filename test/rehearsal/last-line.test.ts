import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLine } from '../../rehearsal/last-line';

const folder = mkdtempSync(join(tmpdir(), 'last-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a log that has not begun has no last line', () => {
  expect(lastLine(join(folder, 'nothing.log'))).toBeUndefined();
});

test('the newest line counts, however long the log, without colours, and of a line that is redrawn its newest', () => {
  const log = join(folder, 'job.log');
  appendFileSync(log, `${'much text\n'.repeat(1_000)}train linear fit 40 %\n\n`);
  expect(lastLine(log)).toBe('train linear fit 40 %');
  appendFileSync(log, '\u001b[32mtrain linear fit 60 %\u001b[0m\rtrain linear fit 70 %');
  expect(lastLine(log)).toBe('train linear fit 70 %');
});
