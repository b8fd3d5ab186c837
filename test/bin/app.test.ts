import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryProjects } from '../fixtures/project';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mlops-synth-'));
const projects = temporaryProjects();
projects.write('second/project.yaml', readFileSync(join(projects.project, 'project.yaml'), 'utf8'));
projects.write('second/sample/rows.csv', 'subject\n');
projects.write(
  'second/environments/linear/requirements.lock',
  readFileSync(join(projects.project, 'environments/linear/requirements.lock'), 'utf8'),
);
let first: Map<string, string>;
let second: Map<string, string>;
beforeAll(() => {
  expect(synthesize('first')).toMatchObject({ status: 0 });
  expect(synthesize('second')).toMatchObject({ status: 0 });
  first = contentOf('first');
  second = contentOf('second');
}, 60_000);
afterAll(() => {
  projects.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the app as the CDK command line does, without credentials, home or a proxy to reach anything by. */
function synthesize(outdir: string, context: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, ['bin/run.cjs'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: join(folder, outdir),
      CDK_CONTEXT_JSON: JSON.stringify({ projects: projects.folder, ...context }),
    },
  });
  return { status, stderr };
}

/** Every file of an assembly with its content. */
function contentOf(outdir: string): Map<string, string> {
  const at = join(folder, outdir);
  const files = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(at.length),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
}

test('two syntheses, offline and without credentials, are the same to the byte', () => {
  expect(first.size).toBeGreaterThan(20);
  expect(second).toEqual(first);
});

test('only the selected project is built, and what an earlier synthesis left is gone', () => {
  expect(synthesize('first', { project: 'second' })).toMatchObject({ status: 0 });

  const templates = [...contentOf('first').keys()].filter((file) => file.endsWith('.template.json'));
  const stacks = ['monitoring', 'serving', 'storage', 'training'];
  expect(templates.sort()).toEqual([
    '/dev-platform.template.json',
    '/prod-platform.template.json',
    '/second-delivery.template.json',
    ...stacks.map((stack) => `/second-dev-${stack}.template.json`),
    ...stacks.map((stack) => `/second-prod-${stack}.template.json`),
  ]);
});

test('fails on a mistake in the configuration with file and line, and without a stack', () => {
  const { status, stderr } = synthesize('wrong', { project: 'thrid' });

  expect(status).toBe(1);
  expect(stderr).toContain('has no such project · given "thrid" · allowed: mail, second');
  expect(stderr).not.toContain('    at ');
});

test('a folder that is no assembly is not emptied', () => {
  const outdir = join(folder, 'precious');
  mkdirSync(outdir);
  writeFileSync(join(outdir, 'notes.txt'), 'keep me');

  synthesize('precious', { project: 'mail' });

  expect(readFileSync(join(outdir, 'notes.txt'), 'utf8')).toBe('keep me');
});
