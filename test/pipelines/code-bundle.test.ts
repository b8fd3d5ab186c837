import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeBundle, writeBundle } from '../../pipelines/code-bundle';
import { imageUri } from '../../pipelines/images';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the bundle holds the shared steps, the project, its rules, templates and packages, and its settings', () => {
  project();
  for (const file of ['cleaning.json', '.template.json', 'table.html', 'project.yaml', 'sample.csv']) {
    writeFileSync(join(folder, file), '');
  }
  for (const file of [
    'learners/__init__.py',
    'learners/linear.py',
    'learners/notes.md',
    'tests/test_train.py',
  ]) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), '');
  }

  const { files } = codeBundle(folder, shared(), { project: 'mails' });

  expect([...files.keys()].sort()).toEqual([
    'cleaning.json',
    'evaluate.py',
    'inference.py',
    'job.py',
    'learners/__init__.py',
    'learners/linear.py',
    'preprocess.py',
    'settings.json',
    'table.html',
    'train.py',
  ]);
});

test('a change of a rule or of a learner trains again', () => {
  const first = codeBundle(project(), shared(), {}).hash;
  writeFileSync(join(folder, 'cleaning.json'), '{}');
  const second = codeBundle(folder, shared(), {}).hash;
  mkdirSync(join(folder, 'learners'));
  writeFileSync(join(folder, 'learners', '__init__.py'), '');

  expect(new Set([first, second, codeBundle(folder, shared(), {}).hash]).size).toBe(3);
});

test('a bundle is written with its folders', () => {
  mkdirSync(join(project(), 'learners'));
  writeFileSync(join(folder, 'learners', '__init__.py'), '');
  writeFileSync(join(folder, 'learners', 'linear.py'), 'C = 1');

  writeBundle(codeBundle(folder, shared(), {}), join(folder, 'out'));

  expect(readFileSync(join(folder, 'out/learners/linear.py'), 'utf8')).toBe('C = 1');
  expect(readdirSync(join(folder, 'out'))).toContain('settings.json');
});

test('fails on a file of the project with the name of the settings', () => {
  writeFileSync(join(project(), 'settings.json'), '{}');

  expect(() => codeBundle(folder, shared(), {})).toThrow(/settings\.json is written from project\.yaml/);
});

test('a change of README trains nothing, a change of Python or settings does', () => {
  const first = codeBundle(project(), shared(), { a: 1 }).hash;
  writeFileSync(join(folder, 'README.md'), 'new');

  expect(codeBundle(folder, shared(), { a: 1 }).hash).toBe(first);
  expect(codeBundle(folder, shared(), { a: 2 }).hash).not.toBe(first);
  writeFileSync(join(folder, 'train.py'), '# new');
  expect(codeBundle(folder, shared(), { a: 1 }).hash).not.toBe(first);
});

test('fails when a project uses the name of a shared step, naming both files', () => {
  project();
  writeFileSync(join(folder, 'job.py'), '');

  expect(() => codeBundle(folder, shared(), {})).toThrow(
    /job\.py is the name of a step every project shares/,
  );
});

test('fails when a step is missing, naming it', () => {
  project();
  rmSync(join(folder, 'evaluate.py'));

  expect(() => codeBundle(folder, shared(), {})).toThrow(/evaluate\.py: the step is missing/);
});

test('an image has another tag when its lock, Python, Dockerfile or serve changes, and else the same', () => {
  for (const file of ['requirements.lock', 'Dockerfile', 'serve']) writeFileSync(join(folder, file), 'a');
  const uri = (python = '3.11') =>
    imageUri(
      { account: '000011112222', region: 'eu-west-1' },
      'mails',
      { name: 'linear', folder, python },
      folder,
    );
  const first = uri();

  expect(first).toMatch(/^000011112222\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/mails:linear-[0-9a-f]{16}$/);
  expect(uri('3.12')).not.toBe(first);
  for (const file of ['requirements.lock', 'Dockerfile', 'serve']) {
    writeFileSync(join(folder, file), 'b');
    expect(uri()).not.toBe(first);
    writeFileSync(join(folder, file), 'a');
    expect(uri()).toBe(first);
  }
});

function project(): string {
  for (const step of ['preprocess', 'train', 'evaluate', 'inference'])
    writeFileSync(join(folder, `${step}.py`), '');
  return folder;
}

function shared(): string {
  const steps = mkdtempSync(join(folder, 'steps-'));
  writeFileSync(join(steps, 'job.py'), '');
  return steps;
}
