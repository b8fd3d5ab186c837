import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { ReleaseRequest, ReleaseTurnResult } from '../../../lambda/release-model/contract';
import type { ReleaseRecord } from '../../../lambda/release-model/decide';
import { LEASE_SECONDS, releaseRecord } from '../../../lambda/release-model/record';
import { releaseModel } from '../../../lambda/release-model/release-model';
import { nameOf, type Settings } from '../../../lambda/release-model/settings';
import { type EmulatedTable, emulatedTable } from './emulated-table';
import { fakeSageMaker, packageArn } from './fake-sagemaker';
import { settings as plainSettings } from './settings-of-a-test';

// The release machine against real conditional writes: what many events at once, or a dead holder, come to.
let emulated: EmulatedTable;
let world: ReturnType<typeof fakeSageMaker>;
let settings: Settings;
const states = mockClient(SFNClient);
const sns = mockClient(SNSClient);

beforeAll(async () => {
  emulated = await emulatedTable();
}, 20_000);
afterAll(() => emulated?.stop());

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  states.reset();
  sns.reset();
  states.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });
  world = fakeSageMaker();
  settings = { ...plainSettings, table: emulated.table };
  world.register({ version: 1, champion: 'none' });
  world.register({ version: 2, champion: packageArn(1) });
  world.register({ version: 3, champion: packageArn(1) });
  await emulated.dynamo.send(new DeleteCommand({ TableName: emulated.table, Key: { pk: 'release' } }));
});

test('an approval is released, recorded and told', async () => {
  const end = await run(approval(1));

  expect(end).toMatchObject({ next: 'done', message: expect.stringContaining('version 1 is in service') });
  expect(world.serving()).toBe(1);
  const target = { version: 1, packageArn: packageArn(1), config: nameOf(settings, 1) };
  expect(await record()).toEqual({ pk: 'release', seen: 1, desired: target, current: target });
  expect(told()).toEqual(['mail-dev: released']);
});

test('the same approval again changes nothing and tells nobody', async () => {
  await run(approval(1));
  const before = { record: await record(), changes: world.changes() };

  expect(await run(approval(1))).toMatchObject({ next: 'done' });
  expect({ record: await record(), changes: world.changes() }).toEqual(before);
  expect(told()).toHaveLength(1);
});

test('six simultaneous copies of an approval make one release', async () => {
  await Promise.all(Array.from({ length: 6 }, () => run(approval(1))));

  expect(world.changes()).toEqual(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint']);
  expect(told()).toEqual(['mail-dev: released']);
});

test('of two versions compared with the same champion and approved at once, one is refused', async () => {
  await run(approval(1));

  const ends = await Promise.all([run(approval(2)), run(approval(3))]);

  const refused = ends.filter((end) => end.next === 'refused');
  const version = world.serving();
  expect([2, 3]).toContain(version);
  // Version 2 after 3 is late and ignored, version 3 after 2 is refused: never do both get in.
  expect(refused).toHaveLength(version === 2 ? 1 : 0);
  if (version === 2) expect(refused[0]?.message).toContain('was compared with version 1, but version 2');
  expect((await record()).holder).toBeUndefined();
});

test('a version whose champion is no longer wanted is refused, and released when a person insists', async () => {
  await run(approval(1));
  await run(approval(2));

  expect(await run(approval(3))).toMatchObject({ next: 'refused' });
  expect(world.serving()).toBe(2);
  expect(told().at(-1)).toBe('mail-dev: refused');

  expect(await run({ ...approval(3), insist: true })).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(3);
});

test('an older version approved late is not released', async () => {
  await run(approval(1));
  await run(approval(3));

  expect(await run(approval(2))).toMatchObject({
    next: 'done',
    message: expect.stringContaining('version 2 is not newer than 3'),
  });
  expect(world.serving()).toBe(3);
});

test('a late copy of an approval does not undo a rollback', async () => {
  await run(approval(1));
  await run(approval(2));
  expect(await run({ reason: 'rollback', version: 1 })).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(1);

  await run(approval(2));
  expect(world.serving()).toBe(1);
  expect(await record()).toMatchObject({ seen: 2, desired: { version: 1 }, current: { version: 1 } });
});

test('a rollback to a version that was never taken on is refused', async () => {
  await run(approval(1));

  expect(await run({ reason: 'rollback', version: 2 })).toMatchObject({ next: 'refused' });
  expect(world.serving()).toBe(1);
});

test('what is wanted while a release is under way is done by the one who holds the lease', async () => {
  await run(approval(1));
  const holder = await begin(approval(2));

  expect(await run({ reason: 'rollback', version: 1 })).toMatchObject({
    next: 'done',
    message: expect.stringContaining('is at work and sees what is wanted'),
  });
  await goOn(holder);
  expect(world.serving()).toBe(1);
  expect(await record()).toMatchObject({ current: { version: 1 } });
});

test('the lease is not freed when something else was wanted in the same moment', async () => {
  const records = releaseRecord(emulated.dynamo, emulated.table);
  const [first, second] = [1, 2].map((version) => ({ version, packageArn: '', config: `config-${version}` }));
  if (!first || !second) throw new Error('two targets');
  await records.wantApproved(first, 'none');
  await records.lease('me', 0);
  await records.wantApproved(second, undefined);

  expect(await records.finish('me', first)).toBeUndefined();
  expect(await record()).toMatchObject({ holder: 'me', desired: second });
  expect((await record()).current).toBeUndefined();
});

test('new settings reach the endpoint, also when they are wanted during a release', async () => {
  await run(approval(1));
  const holder = await begin(approval(2));
  settings = { ...settings, instances: 2 };

  await run({ reason: 'configuration' });
  await goOn(holder);

  expect(world.endpoint()).toMatchObject({ status: 'InService', config: nameOf(settings, 2) });
  expect(await run({ reason: 'configuration' })).toMatchObject({ next: 'done' });
  expect(world.changes().filter((change) => change === 'UpdateEndpoint')).toHaveLength(2);
});

test('settings alone release nothing before the first approval', async () => {
  expect(await run({ reason: 'configuration' })).toMatchObject({ next: 'done' });
  expect(world.changes()).toEqual([]);
});

test.each(['ABORTED', 'TIMED_OUT', 'FAILED'] as const)(
  'a holder whose execution is %s is taken over at once, and its release finished',
  async (status) => {
    await run(approval(1));
    await begin(approval(2));
    states.on(DescribeExecutionCommand).resolves({ status });

    expect(await run({ reason: 'resume' })).toMatchObject({ next: 'done' });
    expect(world.serving()).toBe(2);
    expect(told()).toEqual(['mail-dev: released', 'mail-dev: released']);
  },
);

test('a holder that nobody can ask about loses the lease when it runs out', async () => {
  await run(approval(1));
  await begin(approval(2));

  expect((await run({ reason: 'resume' })).message).toContain('is at work');
  const later = Date.now() + (LEASE_SECONDS + 1) * 1000;
  expect(await run({ reason: 'resume' }, () => later)).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(2);
});

test('only one of several takes over a dead holder', async () => {
  const records = releaseRecord(emulated.dynamo, emulated.table);
  await records.lease('dead', 0);

  const taken = await Promise.all(['a', 'b', 'c'].map((me) => records.takeOver(me, 'dead', 0)));
  expect(taken.filter(Boolean)).toHaveLength(1);
});

test('a model that answers wrongly is taken out again and the version before serves', async () => {
  await run(approval(1));
  world.fate(2, 'answers wrongly');

  expect(await run(approval(2))).toMatchObject({
    next: 'refused',
    message: expect.stringContaining('answered by model version 1, not 2; version 1 is put back'),
  });
  expect(world.serving()).toBe(1);
  expect(await record()).toMatchObject({ seen: 2, desired: { version: 1 }, current: { version: 1 } });
  expect((await record()).holder).toBeUndefined();
  expect(told()).toEqual(['mail-dev: released', 'mail-dev: refused']);
});

test('a first model that answers wrongly leaves no endpoint, and the next version can be released', async () => {
  world.fate(1, 'answers wrongly');
  expect(await run(approval(1))).toMatchObject({ next: 'refused' });
  expect(world.endpoint()).toBeUndefined();
  expect(await record()).toEqual({ pk: 'release', seen: 1 });

  world.register({ version: 2, champion: 'none' });
  expect(await run(approval(2))).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(2);
});

test('a first model whose server never answers is tried twice and leaves no endpoint', async () => {
  world.fate(1, 'dies');

  expect(await run(approval(1))).toMatchObject({ next: 'refused' });
  expect(world.changes().filter((change) => change === 'CreateEndpoint')).toHaveLength(2);
  expect(world.endpoint()).toBeUndefined();
});

test('an update that AWS silently takes back twice is refused, and the version before serves', async () => {
  await run(approval(1));
  world.fate(2, 'dies');

  expect(await run(approval(2))).toMatchObject({
    next: 'refused',
    message: expect.stringContaining('by itself, 2 times'),
  });
  expect(world.serving()).toBe(1);
  expect(await record()).toMatchObject({ desired: { version: 1 }, current: { version: 1 } });
});

test('an endpoint that was changed by hand is brought back by the next start', async () => {
  await run(approval(1));
  await run(approval(2));
  world.putInService(nameOf(settings, 1));

  await run({ reason: 'configuration' });
  expect(world.serving()).toBe(2);
});

let executions = 0;
function execution(): string {
  return `arn:aws:states:eu-west-1:111122223333:execution:mail-dev-release:${++executions}`;
}

function handler(now: () => number = Date.now) {
  return releaseModel({
    sagemaker: new SageMakerClient({}),
    runtime: new SageMakerRuntimeClient({}),
    states: new SFNClient({}),
    sns: new SNSClient({}),
    dynamo: emulated.dynamo,
    settings,
    now,
  });
}

/** One execution of the state machine: turns until it ends. */
async function run(request: ReleaseRequest, now?: () => number): Promise<ReleaseTurnResult> {
  const holder = execution();
  const first = await handler(now)({ request, holder, first: true });
  return first.next === 'wait' ? goOn(holder, now) : first;
}

/** An execution that stops after its first turn, in the middle of an update. */
async function begin(request: ReleaseRequest): Promise<string> {
  const holder = execution();
  expect(await handler()({ request, holder, first: true })).toMatchObject({ next: 'wait' });
  return holder;
}

async function goOn(holder: string, now?: () => number): Promise<ReleaseTurnResult> {
  for (let turn = 0; turn < 30; turn++) {
    const end = await handler(now)({ request: { reason: 'resume' }, holder, first: false });
    if (end.next !== 'wait') return end;
  }
  throw new Error('the release did not end in 30 turns');
}

function approval(version: number): ReleaseRequest {
  return { reason: 'approval', packageArn: packageArn(version) };
}

async function record(): Promise<ReleaseRecord> {
  const { Item } = await emulated.dynamo.send(
    new GetCommand({ TableName: emulated.table, Key: { pk: 'release' }, ConsistentRead: true }),
  );
  return Item as ReleaseRecord;
}

function told(): Array<string | undefined> {
  return sns.commandCalls(PublishCommand).map((call) => call.args[0].input.Subject);
}
