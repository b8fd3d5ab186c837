import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Access, accessOf } from '../../../rehearsal/access/access';
import { checkStateMachine } from '../../../rehearsal/access/state-machine';
import { adapt } from '../../../rehearsal/adapter/adapt';
import { type Bridge, startBridge } from '../../../rehearsal/bridge/bridge';
import { type Alarms, alarmsOf } from '../../../rehearsal/courier/alarms/alarms';
import { type Courier, courierOf } from '../../../rehearsal/courier/courier';
import { type DeployedStack, deploy } from '../../../rehearsal/deployment/deploy';
import { type Emulator, startEmulator } from '../../../rehearsal/emulator/emulator';
import { Belongings } from '../../../rehearsal/processes/belongings';
import { ACCOUNT, ARN, fakeSageMaker, REGION, STACK, writeAssembly } from './fixture';

jest.setTimeout(30_000);
const root = resolve(__dirname, '../../..');
const belongings = new Belongings();
const log: string[] = [];
let emulator: Emulator;
let sagemaker: Awaited<ReturnType<typeof fakeSageMaker>>;
let bridge: Bridge;
let access: Access;
let courier: Courier;
let alarms: Alarms;
let deployed: DeployedStack | undefined;

beforeAll(async () => {
  const directory = belongings.folder(tmpdir(), 'rehearsal-emulator-');
  const nodeModules = join(root, 'node_modules');
  sagemaker = await fakeSageMaker();
  belongings.add('the SageMaker of the test', sagemaker.stop);
  emulator = await startEmulator({
    python: interpreter(),
    account: ACCOUNT,
    region: REGION,
    directory,
    logs: directory,
    nodeModules,
    path: process.env.PATH ?? '',
    sagemaker: sagemaker.url,
    belongings,
  });
  const say = (line: string) => void log.push(line);
  bridge = await startBridge({ emulator, sagemaker: sagemaker.url, belongings, log: say });
  access = accessOf(emulator);
  courier = courierOf({ emulator, access, log: say });
  alarms = alarmsOf({ emulator, courier });
  const adapted = adapt({
    assembly: writeAssembly(join(directory, 'cdk.out')),
    output: join(directory, 'adapted'),
    stacks: [STACK],
    types: emulator.types,
    serviceToken: bridge.serviceToken,
  });
  [deployed] = await deploy({ emulator, directory, logs: directory, nodeModules, belongings, say }, adapted);
});
afterAll(() => belongings.release());

test('a type the emulator lacks is created by us, with the right Ref and GetAtt', () => {
  const arn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package-group/tiny-dev`;
  expect(emulator.types.has('AWS::SageMaker::ModelPackageGroup')).toBe(false);
  expect(deployed?.outputs).toEqual({
    GroupArn: arn,
    GroupStatus: 'Completed',
    DriftAlarm: 'tiny-dev-drift',
  });
  expect(sagemaker.asked[0]).toEqual({
    operation: 'SageMaker.CreateModelPackageGroup',
    input: { ModelPackageGroupName: 'tiny-dev', Tags: [{ Key: 'project', Value: 'tiny' }] },
  });
  expect(bridge.resources()).toMatchObject([{ logicalId: 'Group', played: 'emulated', ref: arn }]);
});

test('an event reaches the function its rule names, shaped by the rule', async () => {
  const [delivery] = await send('Approved', { Version: 3 });
  expect(delivery).toMatchObject({
    outcome: 'delivered',
    rule: 'tiny-dev-to-function',
    target: ARN.function,
  });
  expect(await received('tiny-dev-seen')).toEqual({ reason: 'approval', version: 3 });
});

test('an event no rule matches is recorded as such', async () => {
  await courier.send({ source: 'aws.sagemaker', 'detail-type': 'Nobody', resources: [], detail: {} });
  await courier.idle();
  expect(courier.deliveries().at(-1)).toMatchObject({ outcome: 'no rule' });
  expect(courier.latest('Nobody')?.['detail-type']).toBe('Nobody');
});

test('a function that EventBridge may not call is not called, and the event waits in the dead-letter queue', async () => {
  const [delivery] = await send('Forbidden', { Version: 4 });
  expect(delivery).toMatchObject({ outcome: 'denied', deadLetterQueue: ARN.queue('tiny-dev-dead') });
  expect(delivery?.reason).toContain(
    `events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${ARN.forbidden}`,
  );
  expect(await received('tiny-dev-dead')).toMatchObject({
    'detail-type': 'Forbidden',
    detail: { Version: 4 },
  });
});

test('a state machine is started by the role that may, not by the one that may not', async () => {
  const deliveries = await send('Released', { Version: 5 });
  const outcomes = deliveries.map(({ outcome }) => outcome).sort();
  expect(outcomes).toEqual(['delivered', 'denied']);
  expect(deliveries.find(({ outcome }) => outcome === 'denied')?.reason).toContain(
    `tiny-dev-idle is not authorized to perform: states:StartExecution on resource: ${ARN.machine}`,
  );
  expect(await received('tiny-dev-seen')).toEqual({ Version: 5 });
  const states = new SFNClient(emulator.client);
  const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn: ARN.machine }));
  expect(executions).toHaveLength(1);
  const { input } = await states.send(
    new DescribeExecutionCommand({ executionArn: executions[0]?.executionArn }),
  );
  expect(input).toBe('{"Version":5}');
  expect(await checkStateMachine(access, states, ARN.machine)).toEqual([]);
});

test('a role is asked by the simulator, and by its conditions', async () => {
  const role = ARN.role('tiny-dev-job');
  const ask = (action: string, resource: string, context = {}) =>
    access.check({ role, action, resource, context });
  await expect(ask('sagemaker:CreateModel', 'arn:m')).resolves.toBeUndefined();
  await expect(ask('sagemaker:DeleteModel', 'arn:m')).resolves.toContain(
    `${role} is not authorized to perform: sagemaker:DeleteModel on resource: arn:m`,
  );
  await expect(ask('iam:PassRole', role)).resolves.toContain('iam:PassedToService');
  const passed = access.authorize({ caller: `role:${role}`, action: 'iam:PassRole', resource: role });
  await expect(passed).resolves.toBeUndefined();
  const via = (service: string) => ({ 'kms:ViaService': `${service}.${REGION}.amazonaws.com` });
  await expect(ask('kms:Decrypt', 'arn:key', via('s3'))).resolves.toBeUndefined();
  await expect(ask('kms:Decrypt', 'arn:key', via('sqs'))).resolves.toContain('kms:ViaService');
  expect(access.denials().map(({ action }) => action)).toContain('sagemaker:DeleteModel');
});

test('a function’s call is judged by its role, the root user’s by nobody', async () => {
  const question = { action: 'sagemaker:CreateModel', resource: 'arn:m' };
  const denial = await access.authorize({ ...question, caller: 'app/tiny-dev-function' });
  expect(denial).toContain(
    `${ARN.role('tiny-dev-function')} is not authorized to perform: sagemaker:CreateModel`,
  );
  await expect(access.authorize({ ...question, caller: undefined })).resolves.toBeUndefined();
});

test('an alarm rings for its own dimensions, and stops in a later period', async () => {
  await expect(alarms.adopt()).resolves.toEqual([]);
  await publish('another project', 9);
  // INSUFFICIENT_DATA until now; the other project's value is not this alarm's.
  expect(await alarms.evaluate()).toMatchObject([{ alarm: 'tiny-dev-drift', to: 'OK' }]);
  expect(await received('tiny-dev-rung')).toBe('OK');

  await publish('tiny', 2.5);
  expect(await alarms.evaluate()).toMatchObject([{ from: 'OK', to: 'ALARM' }]);
  const messages = [await received('tiny-dev-rung'), await received('tiny-dev-rung')];
  expect(messages).toContain('ALARM');
  const notification = messages.find((message) => typeof message === 'object');
  expect(JSON.parse(notification.Message)).toMatchObject({
    AlarmName: 'tiny-dev-drift',
    NewStateValue: 'ALARM',
  });
  expect(await alarms.evaluate()).toEqual([]);

  const since = new Date();
  await publish('tiny', 0.5);
  expect(await alarms.evaluate()).toEqual([]);
  expect(await alarms.evaluate({ since })).toMatchObject([{ from: 'ALARM', to: 'OK' }]);
  expect(alarms.states().get('tiny-dev-drift')).toBe('OK');
  const { MetricAlarms: [alarm] = [] } = await new CloudWatchClient(emulator.client).send(
    new DescribeAlarmsCommand({ AlarmNames: ['tiny-dev-drift'] }),
  );
  expect(alarm?.AlarmName).toBe('tiny-dev-drift');
});

test('fails with CloudFormation’s reason when a resource cannot be created', async () => {
  const directory = belongings.folder(tmpdir(), 'rehearsal-emulator-');
  const assembly = writeAssembly(join(directory, 'cdk.out'));
  const adapted = adapt({
    assembly,
    output: join(directory, 'adapted'),
    stacks: [STACK],
    // As if the emulator lacked this one: nobody has a handler for it.
    types: new Set([...emulator.types].filter((type) => type !== 'AWS::SNS::Topic')),
    serviceToken: bridge.serviceToken,
  });
  const nodeModules = join(root, 'node_modules');
  const failing = deploy(
    { emulator, directory, logs: directory, nodeModules, belongings, say: () => undefined },
    adapted,
  );
  await expect(failing).rejects.toThrow(/Topic .*AWS::SNS::Topic cannot be rehearsed/s);
});

const send = (detailType: string, detail: Record<string, unknown>) =>
  courier.send({ source: 'aws.sagemaker', 'detail-type': detailType, resources: [], detail });

const publish = (project: string, Value: number) =>
  new CloudWatchClient(emulator.client).send(
    new PutMetricDataCommand({
      Namespace: 'MLOps',
      MetricData: [{ MetricName: 'DriftScore', Dimensions: [{ Name: 'Project', Value: project }], Value }],
    }),
  );

/** The next message of a queue, as JSON; waits for it. */
async function received(QueueName: string) {
  const sqs = new SQSClient(emulator.client);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  let message: Message | undefined;
  for (let tries = 0; !message && tries < 5; tries++) {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    message = Messages?.[0];
  }
  if (!message?.Body) throw new Error(`nothing in ${QueueName}\n${log.join('\n')}`);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return JSON.parse(message.Body);
}

function interpreter(): string {
  const python =
    process.env.REHEARSAL_EMULATOR_PYTHON ?? join(root, '.rehearsal/environments/emulator/bin/python');
  if (existsSync(python)) return python;
  throw new Error(`there is no emulator at ${python}; npm test makes it, or set REHEARSAL_EMULATOR_PYTHON`);
}
