import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { newRun } from '../../../workbench/train/run-folder';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'runs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (minute: number) => new Date(Date.UTC(2026, 9, 3, 14, minute, 5));

test('a run is named by its time and learner, and latest points at it', () => {
  const run = newRun(directory, 'mail', 'linear', at(7));
  expect(run.path).toBe(join(directory, 'runs', 'mail', '20261003-140705-linear'));
  expect(readlinkSync(join(directory, 'runs', 'mail', 'latest'))).toBe('20261003-140705-linear');
});

test('two runs in one second do not share a folder', () => {
  const [one, other] = [
    newRun(directory, 'mail', 'linear', at(7)),
    newRun(directory, 'mail', 'linear', at(7)),
  ];
  expect(one.path).not.toBe(other.path);
});

test('the ten newest runs stay, older ones go', () => {
  for (let minute = 10; minute < 25; minute++) newRun(directory, 'mail', 'linear', at(minute));
  const kept = readdirSync(join(directory, 'runs', 'mail')).filter((name) => name !== 'latest');
  expect(kept).toHaveLength(10);
  expect(kept.sort()[0]).toBe('20261003-141505-linear');
});

test('code is laid out with its folders, and inputs are linked, not copied', () => {
  const run = newRun(directory, 'mail', 'linear', at(7));
  run.writeCode({ hash: 'x', files: new Map([['learners/linear.py', Buffer.from('pass\n')]]) });
  expect(readFileSync(join(run.code, 'learners', 'linear.py'), 'utf8')).toBe('pass\n');
  writeFileSync(join(directory, 'rows.csv'), 'a,b\n');
  run.give('preprocess', 'processing/input/data/rows.csv', join(directory, 'rows.csv'));
  const given = join(run.base('preprocess'), 'processing', 'input', 'data', 'rows.csv');
  expect(existsSync(given)).toBe(true);
  expect(readlinkSync(given)).toBe(join(directory, 'rows.csv'));
});

test('a file that is named relative to here is found from there', () => {
  const run = newRun(directory, 'mail', 'linear', at(7));
  writeFileSync(join(directory, 'rows.csv'), 'a,b\n');
  run.give('preprocess', 'data/rows.csv', relative(process.cwd(), join(directory, 'rows.csv')));
  expect(readFileSync(join(run.base('preprocess'), 'data', 'rows.csv'), 'utf8')).toBe('a,b\n');
});
