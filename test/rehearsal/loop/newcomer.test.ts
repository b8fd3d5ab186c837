import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clone, clone } from './clone';

jest.setTimeout(400_000);

let here: Clone;
beforeAll(() => {
  here = clone();
});
afterAll(() => here?.remove());

/** Types a line, expects its exit code, and keeps what it printed where TRANSCRIPT names a file. */
function type(line: string, code = 0): string {
  const typed = here.type(line);
  if (process.env.TRANSCRIPT) appendFileSync(process.env.TRANSCRIPT, `$ ${line}\n${typed.output}\n`);
  expect({ line, ...typed }).toMatchObject({ line, code });
  return typed.output;
}

test('somebody who has just cloned writes platform.yaml from answers', () => {
  const options = [
    '--organisation acme --owner ml@acme.com --repository acme/mlops --page oncall@acme.com --inform ml@acme.com',
    '--delivery-account 210987654321 --dev-account 310987654321 --prod-account 410987654321 --region eu-west-1 --budget 2000',
  ];

  expect(type(`npm run init -- ${options.join(' ')}`)).toContain('npm run doctor');
  expect(readFileSync(join(here.folder, 'projects/platform.yaml'), 'utf8')).toContain('310987654321');
});

test('a second and a third project are made, the third with columns of its own, and told what comes next', () => {
  type('npm run new -- email-classification support-mail');
  const steps = type(
    'npm run new -- email-classification tickets --fields title,text --targets queue,priority',
  );

  expect(steps).toContain('npm run rehearse -- tickets');
  expect(steps).toContain('npx cdk deploy tickets-delivery');
  expect(steps).toContain('arn:aws:iam::410987654321:role/mlops-prod-delivery');
});

test('all three synthesize, offline, with every gate on', () => {
  type('npm run synth');
  const stacks = type('npx cdk list').split('\n');

  expect(stacks).toEqual(
    expect.arrayContaining(['dev-platform', 'prod-platform', 'tickets-delivery', 'tickets-prod-serving']),
  );
});

test('its tests pass unedited', () => {
  expect(type('node bin/run.cjs mlops tools pytest projects/tickets')).toMatch(/\d+ passed/);
});

test('what the three cost, and what doctor and status still lack, is told without an account', () => {
  expect(type('npm run cost -- tickets')).toMatch(/prod is estimated at \$[\d,.]+/);
  expect(type('npm run doctor', 1)).toContain('no AWS credentials');
  expect(type('npm run status -- tickets', 1)).toContain('no access to prod, account 410987654321');
  type('npm run codeowners');
});

test('how fast a synthesis is, is told in ratios', () => {
  expect(type('npm run bench -- synth --rounds 1')).toMatch(
    /warm synth against loading its modules +\d\.\d\d ×/,
  );
});

test('a merge of the third is delivered to dev and prod, two accounts, each with roles and buckets of its own', () => {
  type(
    'git add --all && git -c user.name=Newcomer -c user.email=newcomer@acme.com commit -qm "feat: tickets"',
  );
  const report = type('npm run rehearse -- tickets --delivery --quick');

  expect(report).toContain('310987654321');
  expect(report).toContain('410987654321');
  expect(report).toContain('dev v1: Approved, endpoint InService. passed:');
  expect(report).toContain('prod v1: PendingManualApproval, endpoint not made yet. passed:');
  expect(report).toContain('by newcomer@acme.com, who may not approve');
  expect(report).toContain('NOT REHEARSED');
});

test('a second project goes again, and says what stays', () => {
  type('npm run remove -- support-mail --files-only --yes');

  expect(type('npx cdk list')).not.toContain('support-mail');
});
