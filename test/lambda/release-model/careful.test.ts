import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Settings } from '../../../lambda/release-model/settings';
import { awsError } from '../../fixtures/events/aws-error';
import { type EmulatedTable, emulatedTable } from '../emulated-table';
import { ALARM, fakeSageMaker, packageArn } from './fake-sagemaker';
import { approval, releaseMachine } from './release-machine';
import { settings as plainSettings } from './settings-of-a-test';

// Releases that try a version on a part of the callers, endpoints that scale, and approvals by two people.
const scaling = { min: 2, max: 6, perInstance: 100 };
const canary = { bakeMinutes: 15, alarms: [ALARM, 'mail-dev-endpoint-latency'] };
let emulated: EmulatedTable;
let settings: Settings;
let world: ReturnType<typeof fakeSageMaker>;
let machine: ReturnType<typeof releaseMachine>;

beforeAll(async () => {
  emulated = await emulatedTable();
  settings = { ...plainSettings, table: emulated.table, instances: 2, scaling, canary, fourEyes: true };
}, 20_000);
afterAll(() => emulated?.stop());

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await emulated.dynamo.send(new DeleteCommand({ TableName: emulated.table, Key: { pk: 'release' } }));
  world = fakeSageMaker();
  world.register({ version: 1, champion: 'none' });
  world.register({ version: 2, champion: packageArn(1) });
  machine = releaseMachine(emulated.dynamo, settings);
});

test('a second version comes by canary, guarded by the alarms; a first one has nobody to compare it with', async () => {
  await machine.run(approval(1));
  expect(await machine.run(approval(2))).toMatchObject({ next: 'done' });

  expect(world.serving()).toBe(2);
  expect(world.updates()).toHaveLength(1);
  expect(world.updates()[0]).toMatchObject({
    RetainAllVariantProperties: true,
    DeploymentConfig: {
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 900 } },
      AutoRollbackConfiguration: { Alarms: canary.alarms.map((AlarmName) => ({ AlarmName })) },
    },
  });
});

test('a canary that an alarm took back is not tried again, and the owner is told which alarm', async () => {
  await machine.run(approval(1));
  world.fate(2, 'rings');

  expect(await machine.run(approval(2))).toMatchObject({
    next: 'refused',
    message: expect.stringMatching(
      /version 2 was not released: AWS took the endpoint back .*, since the alarm mail-dev-endpoint-errors rang.*; version 1 is put back/,
    ),
  });
  expect(world.updates()).toHaveLength(1);
  expect(world.serving()).toBe(1);
  expect(machine.told()).toEqual(['mail-dev: released', 'mail-dev: refused']);
  expect(await machine.record()).not.toHaveProperty('rang');
  expect(world.scaling()).toEqual(scaling);
});

test('a canary for which AWS found no room is tried again, as no alarm rang', async () => {
  await machine.run(approval(1));
  world.fate(2, 'dies');

  expect((await machine.run(approval(2))).message).toContain('by itself, 2 times');
  expect(world.updates()).toHaveLength(2);
});

test('a rollback is no canary: it goes to everybody at once and no alarm can stop it', async () => {
  await machine.run(approval(1));
  await machine.run(approval(2));
  world.ring(ALARM);

  await machine.run({ reason: 'rollback', version: 1 });
  expect(world.serving()).toBe(1);
  expect(world.updates().at(-1)).not.toHaveProperty('DeploymentConfig');
});

test('an alarm that rings before a release does not guard it, or what mends its cause could never come', async () => {
  await machine.run(approval(1));
  world.ring('mail-dev-endpoint-latency');

  expect(await machine.run(approval(2))).toMatchObject({ next: 'done' });
  const { DeploymentConfig: deployment } = world.updates()[0] ?? {};
  expect(deployment?.AutoRollbackConfiguration).toEqual({ Alarms: [{ AlarmName: ALARM }] });
});

test('a released endpoint scales as declared, and another declaration reaches it without a new fleet', async () => {
  await machine.run(approval(1));
  expect(world.scaling()).toEqual(scaling);

  const more = { ...scaling, max: 9, perInstance: 70 };
  const afterwards = releaseMachine(emulated.dynamo, { ...settings, scaling: more });
  expect(await afterwards.run({ reason: 'configuration' })).toMatchObject({ next: 'done' });
  expect(world.scaling()).toEqual(more);
  expect(world.updates()).toEqual([]);
});

test('a fixed number of instances ends the scaling', async () => {
  await machine.run(approval(1));

  const fixed = releaseMachine(emulated.dynamo, { ...settings, scaling: undefined });
  await fixed.run({ reason: 'configuration' });
  expect(world.scaling()).toBeUndefined();
});

test('a role that may not scale ends in a refusal that names the action', async () => {
  await machine.run(approval(1));
  world.meets(RegisterScalableTargetCommand, ...Array.from({ length: 9 }, () => awsError('access denied')));

  const end = await machine.run(approval(2));
  expect(end).toMatchObject({ next: 'refused', message: expect.stringContaining('AccessDenied') });
});

describe('where a person approves', () => {
  const author = 'jane@example.com';
  const by = (name: string) => `arn:aws:sts::111122223333:assumed-role/ml/${name}`;

  test('the author of the change cannot be the one, and is told what to do', async () => {
    world.register({ version: 1, champion: 'none', author, approver: by(author) });

    expect((await machine.run(approval(1))).message).toBe(
      'version 1 was approved by jane@example.com, who is also the author (jane@example.com) of the change it was trained from: ' +
        'somebody else must reject version 1 and approve it again, or approval.model of this environment be auto',
    );
    expect(world.changes()).toEqual([]);
    expect(machine.told()).toEqual(['mail-dev: refused']);

    world.register({ version: 1, champion: 'none', author, approver: by('joe@example.com') });
    expect(await machine.run(approval(1))).toMatchObject({ next: 'done' });
  });

  test('not even by insisting', async () => {
    world.register({ version: 1, champion: 'none', author, approver: by(author) });

    expect(await machine.run({ ...approval(1), insist: true })).toMatchObject({ next: 'refused' });
  });

  test('policy asks for no second person', async () => {
    world.register({ version: 1, champion: 'none', author, approver: by(author) });

    const auto = releaseMachine(emulated.dynamo, { ...settings, fourEyes: false });
    expect(await auto.run(approval(1))).toMatchObject({ next: 'done' });
  });
});
