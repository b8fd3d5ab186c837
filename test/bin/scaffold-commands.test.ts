import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PLATFORM_YAML } from '../fixtures/project';

const root = join(__dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-commands-'));
  writeFileSync(join(folder, 'platform.yaml'), PLATFORM_YAML);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The command line without a terminal, credentials or a home. */
function mlops(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/run.cjs', 'mlops', ...args, '--projects', folder],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' },
    },
  );
  return { code: status, out: stdout, err: stderr };
}

const KIND = 'email-classification';

test('a project is made at the command line; its steps are the answer, what was done is said beside', () => {
  const { code, out, err } = mlops('new', KIND, 'tickets', '--fields', 'text', '--targets', 'queue, urgency');
  expect(code).toBe(0);
  expect(err).toContain(`from ${KIND}@1\n  text holds subject and body of the sample\n  queue holds topic`);
  expect(out).toMatch(/^1\. Edit\n/);
  expect(out).toContain('npx cdk deploy tickets-delivery');
  expect(mlops('new', '--steps', 'tickets')).toMatchObject({ code: 0, out });
  const again = mlops('new', KIND, 'tickets');
  expect(again).toMatchObject({ code: 2, out: '' });
  expect(again.err).toContain(
    'is there already · choose another name, or remove it: npm run remove -- tickets',
  );
});

test('machines get the same as JSON', () => {
  const { code, out } = mlops('new', KIND, 'tickets', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    project: 'tickets',
    merge: expect.arrayContaining([{ command: expect.stringContaining('git switch -c add-tickets') }]),
    data: [{ environment: 'prod', bucketPolicy: [{ Effect: 'Allow' }, { Effect: 'Allow' }] }],
  });
});

test('the platform is written from options, once', () => {
  const given = ['--organisation', 'acme', '--owner', 'ml@acme.com', '--repository', 'acme/mlops'];
  const lacking = mlops('init', ...given);
  expect(lacking.code).toBe(2);
  expect(lacking.err).toContain('--delivery-account is missing');
  expect(readFileSync(join(folder, 'platform.yaml'), 'utf8')).toBe(PLATFORM_YAML);

  const { code, out } = mlops(
    'init',
    ...given,
    '--account',
    '210987654321',
    '--dev-approve-models',
    'person',
  );
  expect(code).toBe(0);
  expect(out).toContain('npm run new -- KIND NAME');
  expect(readFileSync(join(folder, 'platform.yaml'), 'utf8')).toContain(
    'approval: { stacks: none, model: person }',
  );
  expect(mlops('init', ...given, '--account', '210987654321').err).toContain('is yours already');
  expect(readdirSync(folder)).toEqual(['platform.yaml']);
});

test('a folder alone is removed when git can bring it back, and only once that is confirmed', () => {
  expect(mlops('new', KIND, 'tickets').code).toBe(0);
  const tickets = join(folder, 'tickets');
  expect(mlops('remove', 'tickets', '--files-only', '--yes').err).toContain('is not in git');

  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {
      stdio: 'ignore',
    });
  git('init');
  git('add', '.');
  git('commit', '-m', 'all');
  const asked = mlops('remove', 'tickets', '--files-only');
  expect(asked).toMatchObject({ code: 2, err: 'nothing has changed · to do it: --yes\n' });
  expect(asked.out).toContain('AWS is not looked at: what is deployed of it goes on running and costing');
  writeFileSync(join(tickets, 'train.py'), '# changed\n');
  expect(mlops('remove', 'tickets', '--files-only', '--yes').err).toContain(
    'has changes that are not committed',
  );
  expect(existsSync(tickets)).toBe(true);

  git('checkout', '.');
  expect(mlops('remove', 'tickets', '--files-only', '--yes')).toMatchObject({ code: 0 });
  expect(existsSync(tickets)).toBe(false);
  const gone = mlops('remove', 'tickets', '--files-only', '--yes');
  expect(gone).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no folder of a project tickets'),
  });
});

test.each(['../tickets', 'Tickets', 'mlops'])('%s is no name that anything is removed by', (name) => {
  const { code, err } = mlops('remove', name, '--yes', '--force', '--files-only');
  expect(code).toBe(2);
  expect(err).toMatch(/the name (is not the name of a project|begins like the names of the platform)/);
});

test.each(['init', 'new', 'remove'])('%s says how it is used and what it ends with', (command) => {
  const { code, out } = mlops(command, '--help');
  expect(code).toBe(0);
  expect(out).toContain(`npm run ${command} -- `);
  expect(out).toMatch(/Exit codes:\n {2}0 {2}/);
});
