import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pages, ROOT } from './pages';

const LOOP = 'test/rehearsal/loop';

/** Where each command of the README is run: the file, and the words in it that run it. */
const RUN_BY: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'npm ci': ['.ci/run', 'npm ci'],
  'npm test': ['.ci/run', 'npm test'],
  'npm run check': ['.ci/run', 'npm run check'],
  'npx cdk synth': ['.ci/run', 'npx cdk synth'],
  'npm run synth': [`${LOOP}/newcomer.test.ts`, 'npm run synth'],
  'npm run init': [`${LOOP}/newcomer.test.ts`, 'npm run init'],
  'npm run new': [`${LOOP}/newcomer.test.ts`, 'npm run new'],
  'npm run remove': [`${LOOP}/newcomer.test.ts`, 'npm run remove'],
  'npm run doctor': [`${LOOP}/newcomer.test.ts`, 'npm run doctor'],
  'npm run status': [`${LOOP}/newcomer.test.ts`, 'npm run status'],
  'npm run cost': [`${LOOP}/newcomer.test.ts`, 'npm run cost'],
  'npm run rehearse': [`${LOOP}/newcomer.test.ts`, 'npm run rehearse'],
  'npm run approve': [`${LOOP}/notices.test.ts`, "'approve'"],
  'npm run reject': [`${LOOP}/notices.test.ts`, "'reject'"],
  'npm run differences': ['test/bin/commands/cost.test.ts', "'differences'"],
  'npm run bench': [`${LOOP}/newcomer.test.ts`, 'npm run bench'],
  'npm run train': [`${LOOP}/workbench.test.ts`, 'npm run train'],
  'npm run compare': [`${LOOP}/workbench.test.ts`, 'npm run compare'],
  'npm run label': [`${LOOP}/workbench.test.ts`, 'npm run label'],
  'npm run weights': [`${LOOP}/workbench.test.ts`, 'npm run weights'],
  'npm run lock': [`${LOOP}/workbench.test.ts`, 'npm run lock'],
  'npx cdk bootstrap': ['rehearsal/deployment/bootstrap.ts', "'bootstrap'"],
  'npx cdk deploy': ['rehearsal/deployment/deploy.ts', "'deploy'"],
};

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const commands = [
  ...new Set([...readme.matchAll(/\b(npm ci|npm test|npm run [\w:]+|npx cdk \w+)/g)].map(([found]) => found)),
];

test('the README names commands, and every one is known here', () => {
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((command) => !(command in RUN_BY))).toEqual([]);
});

test.each(Object.entries(RUN_BY))('%s is in the README and is run', (command, [file, words]) => {
  expect(commands).toContain(command);
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(words);
});

test('every npm script that a page names is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const missing = pages.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/npm run (?:--silent )?([a-z][\w:]*)/g)]
      .map(([, name]) => name ?? '')
      .filter((name) => !(name in scripts))
      .map((name) => `${file}: npm run ${name}`),
  );

  expect(missing).toEqual([]);
});
