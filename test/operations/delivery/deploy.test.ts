import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { Failed } from '../../../operations/delivery/delivery';
import { deployStacks, type Execute, releaseSettings } from '../../../operations/delivery/deploy';
import { testDelivery } from './delivery-of-a-test';

const { delivery: plain, projects, environment } = testDelivery();
const assembly = join(mkdtempSync(join(tmpdir(), 'mlops-deploy-')), 'cdk.out');
mkdirSync(assembly);
writeFileSync(join(assembly, 'manifest.json'), '{}');
const delivery = { ...plain, assembly };
const states = mockClient(SFNClient);
const client = new SFNClient({ region: 'eu-west-1' });
const KEYS = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' };
afterAll(() => {
  projects.remove();
  rmSync(join(assembly, '..'), { recursive: true });
});
beforeEach(() => states.reset());

/** Answers an exit code, and remembers what was run. */
function recorded(code: number) {
  const runs: Parameters<Execute>[] = [];
  const execute: Execute = async (...run) => {
    runs.push(run);
    return code;
  };
  return { runs, execute };
}

test('the stacks of the project in the environment are deployed from the checked assembly, and no other', async () => {
  const { runs, execute } = recorded(0);

  await deployStacks(delivery, environment('dev'), KEYS, execute);

  const [command, args, env] = runs[0] ?? [];
  expect(command).toBe('npx');
  expect(args?.filter((arg) => !arg.startsWith('--'))).toEqual([
    'cdk',
    'deploy',
    assembly,
    'mail-dev-storage',
    'mail-dev-training',
    'mail-dev-serving',
    'mail-dev-monitoring',
  ]);
  expect(args).toContain('--exclusively');
  expect(args).toContain('--require-approval=never');
  expect(env).toMatchObject({
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    AWS_REGION: 'eu-west-1',
    PATH: '/usr/bin',
  });
  // A profile would win over the keys.
  expect(env).not.toHaveProperty('AWS_PROFILE');
});

test('resources that outlived an earlier stack are taken in again', async () => {
  const { runs, execute } = recorded(0);

  await deployStacks(delivery, environment('dev'), KEYS, execute);

  expect(runs[0]?.[1]).toContain('--import-existing-resources');
});

test('a deployment that failed says that trying again goes on where it stopped', async () => {
  const failed = deployStacks(delivery, environment('dev'), KEYS, recorded(1).execute);

  await expect(failed).rejects.toThrow(Failed);
  await expect(failed).rejects.toThrow(/try the stage again: what was deployed stays/);
});

test('without an assembly nothing is deployed, and the command that makes one is named', async () => {
  await expect(
    deployStacks({ ...delivery, assembly: '/nowhere' }, environment('dev'), KEYS, recorded(0).execute),
  ).rejects.toThrow('/nowhere holds no assembly · allowed: what npm run synth writes · run: npm run synth');
});

test('settings go to the endpoint by the release machine, and their end is waited for', async () => {
  states.on(StartExecutionCommand).resolves({ executionArn: 'arn:run' });
  states
    .on(DescribeExecutionCommand)
    .resolvesOnce({ status: 'RUNNING' })
    .resolvesOnce({ status: 'SUCCEEDED' });

  await releaseSettings(delivery, environment('dev'), client);

  expect(states.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:mail-dev-release',
    input: '{"reason":"configuration"}',
  });
  expect(states.commandCalls(DescribeExecutionCommand)).toHaveLength(2);
});

test('settings that the endpoint refused fail the step in the machine’s words', async () => {
  states.on(StartExecutionCommand).resolves({ executionArn: 'arn:run' });
  states.on(DescribeExecutionCommand).resolves({ status: 'FAILED', cause: 'no capacity for ml.m5.large' });

  await expect(releaseSettings(delivery, environment('dev'), client)).rejects.toThrow(
    'the settings did not reach the endpoint of mail in dev: no capacity for ml.m5.large; it answers as before',
  );
});
