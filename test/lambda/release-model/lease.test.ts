import {
  CreateModelCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { MAX_FAILURES } from '../../../lambda/release-model/decide';
import { LEASE_SECONDS, releaseRecord } from '../../../lambda/release-model/record';
import { nameOf } from '../../../lambda/release-model/requests';
import type { Settings } from '../../../lambda/release-model/settings';
import { awsError } from '../../fixtures/events/aws-error';
import { type EmulatedTable, emulatedTable } from '../emulated-table';
import { fakeSageMaker, packageArn } from './fake-sagemaker';
import { approval, releaseMachine } from './release-machine';
import { settings as plainSettings } from './settings-of-a-test';

// The release machine against real conditional writes: what many events at once, or a dead holder, come to.
let emulated: EmulatedTable;
let settings: Settings;
let world: ReturnType<typeof fakeSageMaker>;
let machine: ReturnType<typeof releaseMachine>;

beforeAll(async () => {
  emulated = await emulatedTable();
  settings = { ...plainSettings, table: emulated.table };
}, 20_000);
afterAll(() => emulated?.stop());

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await emulated.dynamo.send(new DeleteCommand({ TableName: emulated.table, Key: { pk: 'release' } }));
  world = fakeSageMaker();
  world.register({ version: 1, champion: 'none' });
  world.register({ version: 2, champion: packageArn(1) });
  world.register({ version: 3, champion: packageArn(1) });
  machine = releaseMachine(emulated.dynamo, settings);
});

test('an approval is released, recorded and told', async () => {
  const end = await machine.run(approval(1));

  expect(end).toMatchObject({ next: 'done', message: expect.stringContaining('version 1 is in service') });
  expect(world.serving()).toBe(1);
  const target = { version: 1, packageArn: packageArn(1), config: nameOf(settings, 1) };
  expect(await machine.record()).toEqual({ pk: 'release', seen: 1, desired: target, current: target });
  expect(machine.told()).toEqual(['mail-dev: released']);
});

test('the same approval again changes nothing and tells nobody', async () => {
  await machine.run(approval(1));
  const before = { record: await machine.record(), changes: world.changes() };

  expect(await machine.run(approval(1))).toMatchObject({ next: 'done' });
  expect({ record: await machine.record(), changes: world.changes() }).toEqual(before);
  expect(machine.told()).toHaveLength(1);
});

test('six simultaneous copies of an approval make one release', async () => {
  await Promise.all(Array.from({ length: 6 }, () => machine.run(approval(1))));

  expect(world.changes()).toEqual(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint']);
  expect(machine.told()).toEqual(['mail-dev: released']);
});

test('of two versions compared with the same champion and approved at once, one is refused', async () => {
  await machine.run(approval(1));

  const ends = await Promise.all([machine.run(approval(2)), machine.run(approval(3))]);

  const refused = ends.filter((end) => end.next === 'refused');
  const version = world.serving();
  expect([2, 3]).toContain(version);
  // Version 2 after 3 is late and ignored, version 3 after 2 is refused: never do both get in.
  expect(refused).toHaveLength(version === 2 ? 1 : 0);
  if (version === 2) expect(refused[0]?.message).toContain('was compared with version 1, but version 2');
  expect((await machine.record()).holder).toBeUndefined();
});

test('a version whose champion is no longer wanted is refused, and released when a person insists', async () => {
  await machine.run(approval(1));
  await machine.run(approval(2));

  expect(await machine.run(approval(3))).toMatchObject({ next: 'refused' });
  expect(world.serving()).toBe(2);
  expect(machine.told().at(-1)).toBe('mail-dev: refused');

  expect(await machine.run({ ...approval(3), insist: true })).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(3);
});

test('an older version approved late is not released', async () => {
  await machine.run(approval(1));
  await machine.run(approval(3));

  expect((await machine.run(approval(2))).message).toContain('version 2 is not newer than 3');
  expect(world.serving()).toBe(3);
});

test('a late copy of an approval does not undo a rollback', async () => {
  await machine.run(approval(1));
  await machine.run(approval(2));
  expect(await machine.run({ reason: 'rollback', version: 1 })).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(1);

  await machine.run(approval(2));
  expect(world.serving()).toBe(1);
  expect(await machine.record()).toMatchObject({ seen: 2, desired: { version: 1 }, current: { version: 1 } });
});

test('a rollback to a version that was never taken on is refused', async () => {
  await machine.run(approval(1));

  expect(await machine.run({ reason: 'rollback', version: 2 })).toMatchObject({ next: 'refused' });
  expect(world.serving()).toBe(1);
});

test('what is wanted while a release is under way is done by the one who holds the lease', async () => {
  await machine.run(approval(1));
  const holder = await machine.begin(approval(2));

  const other = await machine.run({ reason: 'rollback', version: 1 });
  expect(other.message).toContain('is at work and sees what is wanted');
  await machine.goOn(holder);
  expect(world.serving()).toBe(1);
  expect(await machine.record()).toMatchObject({ current: { version: 1 } });
});

test('the lease is not freed when something else was wanted in the same moment', async () => {
  const records = releaseRecord(emulated.dynamo, emulated.table);
  const first = { version: 1, packageArn: packageArn(1), config: nameOf(settings, 1) };
  const second = { version: 2, packageArn: packageArn(2), config: nameOf(settings, 2) };
  await records.wantApproved(first, 'none');
  await records.lease('me', 0);
  await records.wantApproved(second, undefined);

  expect(await records.finish('me', first)).toBeUndefined();
  expect(await machine.record()).toMatchObject({ holder: 'me', desired: second });
  expect((await machine.record()).current).toBeUndefined();
});

test('new settings reach the endpoint, also when they are wanted during a release', async () => {
  await machine.run(approval(1));
  const holder = await machine.begin(approval(2));
  const larger = { ...settings, instances: 2 };
  const afterwards = releaseMachine(emulated.dynamo, larger);

  await afterwards.run({ reason: 'configuration' });
  expect(await machine.record()).not.toHaveProperty('attempts');
  await afterwards.goOn(holder);

  expect(world.endpoint()).toMatchObject({ status: 'InService', config: nameOf(larger, 2) });
  expect(await afterwards.run({ reason: 'configuration' })).toMatchObject({ next: 'done' });
  expect(world.changes().filter((change) => change === 'UpdateEndpoint')).toHaveLength(2);
});

test('settings alone release nothing before the first approval', async () => {
  expect(await machine.run({ reason: 'configuration' })).toMatchObject({ next: 'done' });
  expect(world.changes()).toEqual([]);
});

test.each(['ABORTED', 'TIMED_OUT', 'FAILED'] as const)(
  'a holder whose execution is %s is taken over at once, and its release finished',
  async (status) => {
    await machine.run(approval(1));
    await machine.begin(approval(2));
    machine.states.on(DescribeExecutionCommand).resolves({ status });

    expect(await machine.run({ reason: 'resume' })).toMatchObject({ next: 'done' });
    expect(world.serving()).toBe(2);
    expect(machine.told()).toEqual(['mail-dev: released', 'mail-dev: released']);
  },
);

test('a holder that nobody can ask about loses the lease when it runs out', async () => {
  await machine.run(approval(1));
  await machine.begin(approval(2));

  expect((await machine.run({ reason: 'resume' })).message).toContain('is at work');
  const later = Date.now() + (LEASE_SECONDS + 1) * 1000;
  expect(await machine.run({ reason: 'resume' }, () => later)).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(2);
});

test('only one of several takes over a dead holder', async () => {
  const records = releaseRecord(emulated.dynamo, emulated.table);
  await records.lease('dead', 0);

  const taken = await Promise.all(['a', 'b', 'c'].map((me) => records.takeOver(me, 'dead', 0)));
  expect(taken.filter(Boolean)).toHaveLength(1);
});

test('a model that answers wrongly is taken out again and the version before serves', async () => {
  await machine.run(approval(1));
  world.fate(2, 'answers wrongly');

  expect(await machine.run(approval(2))).toMatchObject({
    next: 'refused',
    message: expect.stringContaining('answered by model version 1, not 2; version 1 is put back'),
  });
  expect(world.serving()).toBe(1);
  expect(await machine.record()).toMatchObject({ seen: 2, desired: { version: 1 }, current: { version: 1 } });
  expect((await machine.record()).holder).toBeUndefined();
  expect(machine.told()).toEqual(['mail-dev: released', 'mail-dev: refused']);
});

test('a first model that answers wrongly leaves no endpoint, and the next version can be released', async () => {
  world.fate(1, 'answers wrongly');
  expect(await machine.run(approval(1))).toMatchObject({ next: 'refused' });
  expect(world.endpoint()).toBeUndefined();
  expect(await machine.record()).toEqual({ pk: 'release', seen: 1 });

  world.register({ version: 2, champion: 'none' });
  expect(await machine.run(approval(2))).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(2);
});

test('a first model whose server never answers is tried twice and leaves no endpoint', async () => {
  world.fate(1, 'dies');

  expect(await machine.run(approval(1))).toMatchObject({ next: 'refused' });
  expect(world.changes().filter((change) => change === 'CreateEndpoint')).toHaveLength(2);
  expect(world.endpoint()).toBeUndefined();
});

test('an update that AWS silently takes back twice is refused, and the version before serves', async () => {
  await machine.run(approval(1));
  world.fate(2, 'dies');

  expect(await machine.run(approval(2))).toMatchObject({
    next: 'refused',
    message: expect.stringContaining('by itself, 2 times'),
  });
  expect(world.serving()).toBe(1);
  expect(await machine.record()).toMatchObject({ desired: { version: 1 }, current: { version: 1 } });
});

test('an endpoint that was changed by hand is brought back by the next start', async () => {
  await machine.run(approval(1));
  await machine.run(approval(2));
  world.putInService(nameOf(settings, 1));

  await machine.run({ reason: 'configuration' });
  expect(world.serving()).toBe(2);
});

test.each(['access denied', 'quota reached'] as const)(
  'a release that AWS will never allow (%s) is refused in the words of AWS, and nothing is left held',
  async (which) => {
    await machine.run(approval(1));
    world.meets(UpdateEndpointCommand, awsError(which));

    const end = await machine.run(approval(2));
    expect(end.next).toBe('refused');
    expect(end.message).toContain(awsError(which).message);
    expect(world.serving()).toBe(1);
    expect((await machine.record()).holder).toBeUndefined();
  },
);

test('a first release without a permission is refused at once and names the action', async () => {
  world.meets(CreateModelCommand, awsError('access denied'));

  const end = await machine.run(approval(1));
  expect(end.message).toContain('AccessDeniedException');
  expect(end.message).toContain('sagemaker:CreateModel');
  expect(await machine.record()).toEqual({ pk: 'release', seen: 1 });
});

test('throttling that passes is waited out: errors count in a row only', async () => {
  const row = Array.from({ length: MAX_FAILURES - 1 }, () => awsError('throttled'));
  world.meets(DescribeEndpointCommand, ...row, undefined, ...row);

  expect(await machine.run(approval(1))).toMatchObject({ next: 'done' });
});

test('throttling without end gives the version up', async () => {
  await machine.run(approval(1));
  world.meets(CreateModelCommand, ...Array.from({ length: MAX_FAILURES }, () => awsError('throttled')));

  expect(await machine.run(approval(2))).toMatchObject({ next: 'refused' });
  expect(world.serving()).toBe(1);
});

test('an endpoint that somebody is changing is waited for, and does not count against the version', async () => {
  await machine.run(approval(1));
  const busy = Array.from({ length: MAX_FAILURES + 1 }, () => awsError('endpoint in progress'));
  world.meets(UpdateEndpointCommand, ...busy);

  await machine.run(approval(2));
  expect(world.serving()).toBe(2);
});

test('an owner who cannot be told does not undo a release', async () => {
  machine.sns.on(PublishCommand).rejects(awsError('access denied'));

  expect(await machine.run(approval(1))).toMatchObject({ next: 'done' });
  expect(world.serving()).toBe(1);
});
