import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisonsIn } from '../../../operations/evidence/comparisons';

const folder = mkdtempSync(join(tmpdir(), 'comparisons-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('comparisons of all changed projects stand in a row, by name', () => {
  writeFileSync(join(folder, 'tickets.compare.md'), '### tickets\n');
  writeFileSync(join(folder, 'mail.compare.md'), '### mail\n');
  writeFileSync(join(folder, 'mail.head.json'), '{}');
  expect(comparisonsIn([folder])).toBe('\n\n### mail\n\n### tickets');
});

test('no folder, two reports or no comparison give nothing', () => {
  expect(comparisonsIn([join(folder, 'none')])).toBe('');
  expect(comparisonsIn(['before.json', 'after.json'])).toBe('');
  expect(comparisonsIn(undefined)).toBe('');
});
