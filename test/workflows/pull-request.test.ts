import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MARKER } from '../../operations/evidence/markdown';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly if?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly concurrency: { readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = join(__dirname, '../..');
const folder = join(root, '.github/workflows');
const source = readFileSync(join(folder, 'pull-request.yml'), 'utf8');
const workflow = parse(source) as Workflow;
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const jobs = Object.entries(workflow.jobs);
const steps = jobs.flatMap(([, job]) => job.steps);
const commands = steps.flatMap(({ run = '' }) => run.split('\n')).filter((line) => line.trim() !== '');

test('every command is npm ci or a script of package.json', () => {
  const called = commands.flatMap((line) => [...line.matchAll(/npm (?:run (?:--silent )?)?([\w:-]+)/g)]);
  expect(called.length).toBeGreaterThanOrEqual(commands.length);
  for (const [, name = ''] of called) expect(['ci', ...Object.keys(scripts)]).toContain(name);
  expect(commands.filter((line) => !/\bnpm (ci|run|test)\b/.test(line))).toEqual([]);
});

test.each(['check', 'synth', 'test', 'rehearse', 'compare', 'differences', 'codeowners', 'cost'])(
  'runs %s',
  (script) => {
    expect(commands.some((line) => new RegExp(`npm (run )?(--silent )?${script}\\b`).test(line))).toBe(true);
  },
);

test('every action of every workflow is pinned by commit, with its version behind it', () => {
  for (const file of readdirSync(folder)) {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    for (const line of lines.filter((each) => /\buses:/.test(each))) {
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  }
});

test('it runs for pull requests with their own rights, never with those of the branch they go to', () => {
  expect(Object.keys(workflow.on)).toEqual(['pull_request']);
  expect(source).not.toContain('secrets.');
});

test('nobody gets a permission unless the job says so, and only these do', () => {
  expect(workflow.permissions).toEqual({});
  const more = jobs.filter(([, { permissions }]) => JSON.stringify(permissions) !== '{"contents":"read"}');
  expect(Object.fromEntries(more.map(([name, { permissions }]) => [name, permissions]))).toEqual({
    comment: { 'pull-requests': 'write' },
    deployed: { contents: 'read', 'id-token': 'write' },
  });
});

test('the job that may comment runs nothing of the pull request', () => {
  const comment = workflow.jobs.comment;
  expect(comment?.steps.filter(({ run, uses = '' }) => run || uses.includes('checkout'))).toEqual([]);
  expect(comment?.steps.map(({ uses }) => uses?.split('@')[0])).toEqual([
    'actions/download-artifact',
    'actions/github-script',
  ]);
});

test('the comment of an earlier run is found by the line that differences begin with', () => {
  expect(source).toContain(`const marker = '${MARKER}';`);
});

test('AWS is asked only where the repository has a variable for it, and not for a fork', () => {
  expect(workflow.jobs.deployed?.if).toContain("vars.AWS_READ_ROLE != ''");
  expect(workflow.jobs.deployed?.if).toContain('head.repo.full_name == github.repository');
  const asks = jobs.filter(([, job]) => job.steps.some(({ uses = '' }) => uses.startsWith('aws-actions/')));
  expect(asks.map(([name]) => name)).toEqual(['deployed']);
});

test('no checkout leaves a token behind, nothing that people write goes into a shell, and every job ends', () => {
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout'));
  expect(checkouts.length).toBeGreaterThan(4);
  for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
  for (const line of commands) expect(line).not.toContain('${{');
  for (const [, job] of jobs) expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
  expect(workflow.concurrency['cancel-in-progress']).toBe(true);
});
