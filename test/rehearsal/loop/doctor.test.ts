import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { DeleteStateMachineCommand } from '@aws-sdk/client-sfn';
import type { Finding } from '../../../operations/doctor/finding';
import type { Diagnosis } from '../../../operations/doctor/show';
import { Belongings } from '../../../rehearsal/processes/belongings';
import type { Stage } from '../../../rehearsal/stage';
import { temporaryProjects } from '../../fixtures/project';
import { mlops } from './command';
import { openedStage } from './opened-stage';

jest.setTimeout(60_000);
const projects = temporaryProjects();
const belongings = new Belongings();
let stage: Stage;
let surroundings: NodeJS.ProcessEnv;

/** Deployed, and nothing more: doctor does not care for models. */
beforeAll(async () => {
  const opened = await openedStage(projects.folder, belongings);
  ({ stage } = opened);
  surroundings = opened.personIn();
}, 120_000);

afterAll(async () => {
  await belongings.release();
  projects.remove();
});

const doctor = (...args: string[]) =>
  mlops(['doctor', ...args, '--projects', projects.folder], surroundings).ended;

/** What doctor finds in dev. */
async function found(): Promise<Finding[]> {
  const { code, out, err } = await doctor('dev', '--json');
  if (code === 2) throw new Error(`doctor did not start: ${err}`);
  const { findings } = JSON.parse(out) as Diagnosis;
  return findings.filter(({ environment }) => environment === 'dev');
}

const errorsIn = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ level }) => level === 'error');

test('a fresh deployment has no errors: it is bootstrapped, whole, and delivery may come', async () => {
  const findings = await found();
  expect(errorsIn(findings)).toEqual([]);
  const fine = findings.filter(({ level }) => level === 'ok').map(({ check }) => check);
  expect(fine).toEqual(
    expect.arrayContaining([
      'credentials',
      'bootstrap',
      'bootstrap trust',
      'stacks',
      'platform',
      'delivery role',
    ]),
  );
  const looked = findings.find(({ check }) => check === 'resources');
  expect(Number(/all (\d+) resources/.exec(looked?.what ?? '')?.[1])).toBeGreaterThan(50);
});

describe('what somebody deleted by hand', () => {
  const monitoring = 'mail-dev-record-metrics';

  test('is found, each with its stack and what brings it back, though CloudFormation believes that all is well', async () => {
    const machine = stage.outputs.ReleaseStateMachineArn;
    const { lambda, dynamodb, states } = stage.aws;
    await lambda.send(new DeleteFunctionCommand({ FunctionName: monitoring }));
    await dynamodb.send(new DeleteTableCommand({ TableName: 'mail-dev-inferences' }));
    await states.send(new DeleteStateMachineCommand({ stateMachineArn: machine }));

    const findings = await found();
    expect(findings.find(({ check }) => check === 'stacks')).toMatchObject({ level: 'ok' });
    const errors = errorsIn(findings);
    expect(errors.map(({ what }) => what).sort()).toEqual([
      `function ${monitoring} of stack mail-dev-monitoring was deleted`,
      `state machine mail-dev-release of stack mail-dev-serving was deleted`,
      'table mail-dev-inferences of stack mail-dev-storage was deleted',
    ]);
    for (const { what, fix } of errors) {
      const stack = /of stack (\S+)/.exec(what)?.[1];
      expect(fix?.split('\n')[0]).toBe(`npx cdk deploy ${stack} --revert-drift`);
    }
  });

  test('is found too where it is the role of delivery, without which nothing is delivered', async () => {
    await deleteRole('mlops-dev-delivery');
    const errors = errorsIn(await found()).filter(({ check }) => check === 'delivery role');
    expect(errors).toMatchObject([
      {
        what: expect.stringContaining(
          'the role mlops-dev-delivery is not there, so delivery can do nothing in dev',
        ),
        fix: 'npx cdk deploy dev-platform --revert-drift',
      },
    ]);
  });

  test('is told to a person with a mark, the remedy below, and exit code 1', async () => {
    const { code, out, err } = await doctor('dev');
    expect(code).toBe(1);
    expect(out).toContain(
      `  ✗ function ${monitoring} of stack mail-dev-monitoring was deleted\n      npx cdk deploy mail-dev-monitoring --revert-drift\n`,
    );
    expect(out).toMatch(/\d+ errors, \d+ warnings?\n$/);
    expect(err).toContain('looking at dev: account 111122223333 in eu-west-1');
    expect(`${out}${err}`).not.toContain('\u001b[');
  });
});

test('what a removed project left behind is found by its names and tags', async () => {
  await stage.aws.dynamodb.send(
    new CreateTableCommand({
      TableName: 'old-dev-state',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      Tags: [{ Key: 'mlops:project', Value: 'old' }],
    }),
  );
  const left = (await found()).filter(({ check }) => check === 'leftovers');
  expect(left).toMatchObject([
    {
      level: 'warning',
      what: 'data of old, which is not in projects/ any more, are kept: table old-dev-state',
    },
  ]);
});

test('an account that the credentials are not of is not entered, and the others are looked at', async () => {
  const { code, out } = await doctor('--json');
  expect(code).toBe(1);
  const { findings } = JSON.parse(out) as Diagnosis;
  // In a checkout of the template these accounts are examples, which nobody expects to be entered.
  for (const environment of ['delivery', 'prod']) {
    expect(findings.filter((finding) => finding.environment === environment)).toMatchObject([
      { level: 'skipped', check: 'credentials' },
    ]);
  }
  expect(findings.filter(({ environment }) => environment === 'dev').length).toBeGreaterThan(8);
});

async function deleteRole(RoleName: string): Promise<void> {
  const { iam } = stage.aws;
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of AttachedPolicies)
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
}
