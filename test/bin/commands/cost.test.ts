import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../bin/mlops';
import { PLATFORM_YAML, temporaryProjects } from '../../fixtures/project';

const root = join(__dirname, '../../..');
const home = mkdtempSync(join(tmpdir(), 'mlops-cost-'));
const projects = temporaryProjects();
const assembly = join(home, 'cdk.out');
afterAll(() => {
  projects.remove();
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command and catches what it writes; what it synthesizes, it does in a temporary folder of the test's own. */
async function mlops(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const { TMPDIR } = process.env;
  process.env.TMPDIR = home;
  try {
    return { status: await main([...args, '--projects', projects.folder]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

const withBudget = (usd: number) =>
  projects.write(
    'platform.yaml',
    PLATFORM_YAML.replace('guardrails: {', `guardrails: { monthly_budget_usd: ${usd},`),
  );

beforeAll(() => {
  const { status } = spawnSync(process.execPath, ['bin/run.cjs'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ projects: projects.folder }),
    },
  });
  expect(status).toBe(0);
}, 60_000);

test('a project is priced by a synthesis that leaves nothing behind', async () => {
  withBudget(2000);
  const { status, stdout, stderr } = await mlops('cost', 'mail', '--json');
  const { estimate, budget } = JSON.parse(stdout);

  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^Synthesizing .*\n$/) });
  expect(estimate.parts.map((part: { environment: string }) => part.environment)).toContain('prod');
  expect(budget.map((check: { within: boolean }) => check.within)).toEqual([true, true]);
  expect(readdirSync(home).filter((name) => name.startsWith('mlops-'))).toEqual([]);
}, 60_000);

test('more than the budget fails, with what to do', async () => {
  withBudget(50);
  const { status, stdout } = await mlops('cost', '--assembly', assembly);

  expect(status).toBe(1);
  expect(stdout).toMatch(
    /dev is estimated at \$\d+\.\d\d of \$50\.00 a month: too much\. .*monthly_budget_usd/,
  );
  expect(stdout).toContain('Nothing is stopped');
});

test('the difference between two assemblies is Markdown for a comment', async () => {
  withBudget(2000);
  const { status, stdout } = await mlops('cost', '--assembly', assembly, '--against', assembly, '--markdown');
  expect({ status, first: stdout.split('\n')[0] }).toEqual({
    status: 0,
    first: expect.stringMatching(/^No difference: \$/),
  });
});

test.each([
  [['cost', 'male', '--assembly', assembly], 'male: no such project is priced · allowed: mail'],
  [['cost', '--assembly', assembly, '--against', 'no-such-branch'], 'is no commit of this repository'],
  [['cost', '--assembly', join(home, 'nothing')], 'holds no cloud assembly'],
  [['cost', '--requests', 'many'], 'allowed: a whole number'],
  [['cost', '--markdown', '--assembly', assembly], 'say what it is against'],
  [['differences', '--project', 'male'], 'male: no such project · allowed: mail'],
  [['differences', '--against', 'no-such-branch'], 'is no commit of this repository'],
])('%j cannot be, and is told so in a line', async (args, message) => {
  const { status, stdout, stderr } = await mlops(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

test('what changes in project.yaml is found against an assembly, and --strict asks somebody to look', async () => {
  const path = 'mail/project.yaml';
  projects.write(
    path,
    `kind: email-classification@1
owner: a@example.com
fields: [subject, body]
targets: [topic]
gate: { macro_f1: { topic: 0.5 } }
environments: { dev: { data: sample/, learner: linear } }
`,
  );
  const { status, stdout } = await mlops('differences', '--against', assembly, '--strict', '--markdown');
  const [head = ''] = stdout.split('<details>');

  expect(status).toBe(1);
  expect(head).toContain('mail-prod-storage: the whole stack is no longer there');
  expect(head).toMatch(/Cost: \$\d+\.\d\d → \$\d+\.\d\d a month \(−\$/);
  expect(existsSync(assembly)).toBe(true);
}, 60_000);

test.each(['cost', 'differences', 'codeowners', 'schemas'])(
  '%s --help shows examples and exit codes',
  async (name) => {
    const written: string[] = [];
    const spy = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => written.push(String(text)) > 0);
    const status = await main([name, '--help']);
    spy.mockRestore();

    expect(status).toBe(0);
    expect(written.join('')).toMatch(/Examples:\n {2}npm run [\s\S]*Exit codes:\s+0 /);
  },
);
