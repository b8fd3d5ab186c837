import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatCsv, parseCsv } from '../../../operations/scaffold/new/csv';
import { type Clone, clone } from './clone';

jest.setTimeout(600_000);

const PROJECT = 'projects/email-classification';

let here: Clone;
beforeAll(() => {
  here = clone();
});
afterAll(() => here?.remove());

/** Types a line, and expects its exit code. */
function type(line: string, code = 0): string {
  const typed = here.type(line);
  expect({ line, ...typed }).toMatchObject({ line, code });
  return typed.output;
}

const read = (file: string) => readFileSync(join(here.folder, file), 'utf8');

test('a model is trained and judged without an emulator, and everything it left can be found', () => {
  const printed = type('npm run train -- email-classification');

  expect(printed).toContain('passed: macro_f1 of topic');
  const report = /report +(file:\S+)/.exec(printed)?.[1] ?? '';
  expect(readFileSync(fileURLToPath(report), 'utf8')).toContain('Confusion');
  for (const what of ['model', 'code', 'python']) {
    const place = new RegExp(`^${what} +(\\S+)`, 'm').exec(printed)?.[1] ?? '';
    expect(existsSync(join(here.folder, place))).toBe(true);
  }
});

test('the same code and rows give the same model', () => {
  const first = read('.rehearsal/runs/email-classification/latest/train/model/calibration.json');
  type('npm run train -- email-classification');

  expect(read('.rehearsal/runs/email-classification/latest/train/model/calibration.json')).toBe(first);
});

test('a change that harms is seen against the last commit, and a pull request is told without any text', () => {
  const knobs = read(`${PROJECT}/learners/linear.py`);
  // So smooth that hardly anything is learned.
  const harmed = knobs.replace(/"C": [\d.]+/, '"C": 0.00001');
  expect(harmed).not.toBe(knobs);
  writeFileSync(join(here.folder, PROJECT, 'learners/linear.py'), harmed);

  const printed = type('npm run compare -- email-classification --markdown compare.md', 1);

  expect(printed).toMatch(/working tree \(linear\) against HEAD \w{7} \(linear\)/);
  expect(printed).toContain('topic: this is worse');
  expect(printed).toContain('Rows that flipped, 20 of');
  expect(printed).toMatch(/worse +topic \w+: \d+ gained, \d+ lost/);
  const markdown = read('compare.md');
  expect(markdown).toContain('| topic | macro F1 |');
  const shown = /→.*\n +(\S.{30})/.exec(printed)?.[1] ?? 'none';
  expect(markdown).not.toContain(shown);
  writeFileSync(join(here.folder, PROJECT, 'learners/linear.py'), knobs);
});

test('a costlier learner must beat the cheaper one on the same rows, or the gate says to use that', () => {
  expect(type('npm run weights -- email-classification --local')).toContain(
    'all-minilm-l6-v2 (Apache-2.0) is in',
  );
  const rows = parseCsv(read(`${PROJECT}/sample/emails.csv`)).slice(0, 901);
  writeFileSync(join(here.folder, 'few.csv'), formatCsv(rows));

  const printed = type('npm run train -- email-classification --learner embedding --data few.csv', 1);

  expect(printed).toMatch(/embedding (is worse than|does not beat) linear/);
  expect(printed).toContain('use linear');
});

test('a lock that fits its requirements is left alone', () => {
  expect(type('npm run lock -- email-classification --only linear --check')).toContain(
    'every lock is as its requirements give',
  );
});

test('labelling says whose account it would read', () => {
  const env =
    'AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true';
  expect(type(`${env} npm run label -- email-classification`, 2)).toContain(
    'no access to dev, account 111122223333',
  );
});

test('learners are measured on rows with other columns than the project', () => {
  const printed = type(
    'npm run bench -- learners --learner linear --data few.csv --fields body --targets topic',
  );

  expect(printed).toMatch(/linear +topic +0\.\d{4} \[0\.\d{4}, [01]\.\d{4}\]/);
});

test('a learner that the kind does not have is refused with those that it has', () => {
  expect(type('npm run train -- email-classification --learner forest', 2)).toContain(
    '--learner forest: the kind email-classification has no such learner · allowed: linear, embedding, transformer',
  );
});

test('a revision that is not there is refused', () => {
  expect(type('npm run compare -- email-classification --against no-such-branch', 2)).toContain(
    'no-such-branch: is no commit of this repository',
  );
});
