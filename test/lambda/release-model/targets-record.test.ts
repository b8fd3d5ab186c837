import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { TargetsItem } from '../../../lambda/release-model/contract';
import type { Settings } from '../../../lambda/release-model/settings';
import { targetsRecord } from '../../../lambda/release-model/targets-record';
import { type EmulatedTable, emulatedTable } from '../emulated-table';
import { fakeSageMaker, packageArn } from './fake-sagemaker';
import { approval, releaseMachine } from './release-machine';
import { settings as plainSettings } from './settings-of-a-test';

// What becomes of the item `targets` while versions come and go, against real conditional writes.
let emulated: EmulatedTable;
let settings: Settings;
let world: ReturnType<typeof fakeSageMaker>;
let machine: ReturnType<typeof releaseMachine>;
let log: jest.SpyInstance;
let clock = Date.parse('2026-11-21T10:00:00Z');
const now = () => clock;

beforeAll(async () => {
  emulated = await emulatedTable();
  settings = { ...plainSettings, table: emulated.table };
}, 20_000);
afterAll(() => emulated?.stop());

beforeEach(async () => {
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  for (const pk of ['release', 'targets']) {
    await emulated.dynamo.send(new DeleteCommand({ TableName: emulated.table, Key: { pk } }));
  }
  world = fakeSageMaker();
  world.register({ version: 1, champion: 'none', labels: { topic: ['billing', 'delivery'] } });
  world.register({ version: 2, champion: packageArn(1), labels: { topic: ['billing', 'refund'] } });
  machine = releaseMachine(emulated.dynamo, settings);
});

test('a release lists the classes of its version, and says since when', async () => {
  await machine.run(approval(1), now);

  const since = new Date(clock).toISOString();
  expect(await listed()).toEqual({
    pk: 'targets',
    modelVersion: 1,
    targets: {
      topic: {
        classes: [
          { name: 'billing', since },
          { name: 'delivery', since },
        ],
        changed: since,
        removed: [],
      },
    },
  });
});

test('the same version again changes nothing, and its evaluation is not read again', async () => {
  await machine.run(approval(1), now);
  const before = await listed();
  clock += 60_000;

  await machine.run({ reason: 'rollback', version: 1 }, now);

  expect(await listed()).toEqual(before);
  expect(world.s3.commandCalls(GetObjectCommand)).toHaveLength(1);
});

test('going back lists the classes that were, with their first time', async () => {
  await machine.run(approval(1), now);
  const before = await listed();
  clock += 60_000;
  await machine.run(approval(2), now);
  clock += 60_000;

  await machine.run({ reason: 'rollback', version: 1 }, now);

  const { modelVersion, targets } = await listed();
  expect(modelVersion).toBe(1);
  expect(targets.topic?.classes).toEqual(before.targets.topic?.classes);
  expect(targets.topic?.removed.map(({ name }) => name)).toEqual(['refund']);
});

test('a version that did not pass its smoke request is not listed', async () => {
  await machine.run(approval(1), now);
  world.fate(2, 'answers wrongly');

  expect(await machine.run(approval(2), now)).toMatchObject({ next: 'refused' });
  expect((await listed()).modelVersion).toBe(1);
});

test('a list that cannot be made does not fail the release, is in the log, and is made at the next turn', async () => {
  world.meets(GetObjectCommand, Object.assign(new Error('no s3:GetObject'), { name: 'AccessDenied' }));

  expect(await machine.run(approval(1), now)).toMatchObject({ next: 'done' });
  expect(await listed()).toBeUndefined();
  expect(logged()).toContainEqual({
    did: 'targets not listed',
    version: 1,
    why: 'AccessDenied: no s3:GetObject',
  });

  await machine.run({ reason: 'configuration' }, now);
  expect((await listed()).modelVersion).toBe(1);
});

test('an evaluation that names no classes leaves the list as it was, and that is said', async () => {
  await machine.run(approval(1), now);
  world.register({ version: 2, champion: packageArn(1) });

  await machine.run(approval(2), now);

  expect((await listed()).modelVersion).toBe(1);
  expect(logged()).toContainEqual({
    did: 'targets not listed',
    version: 2,
    why: expect.stringContaining('names no classes'),
  });
});

test('one who was overtaken does not write over the one who came after', async () => {
  await machine.run(approval(1), now);
  const clients = { dynamo: emulated.dynamo, s3: new S3Client({}), sagemaker: new SageMakerClient({}) };
  const record = targetsRecord(clients, emulated.table);
  let reads = 0;
  world.s3.on(GetObjectCommand).callsFake(async () => {
    reads += 1;
    const name = reads === 1 ? 'late' : 'in time';
    if (reads === 1) await machine.run(approval(2), now);
    return { Body: { transformToString: async () => JSON.stringify({ labels: { topic: [name] } }) } };
  });

  const late = record.keep({ version: 3, packageArn: packageArn(1), config: 'mail-dev-v3' }, 'never');

  await expect(late).rejects.toThrow('conditional');
  expect((await listed()).modelVersion).toBe(2);
});

async function listed(): Promise<TargetsItem> {
  const { Item } = await emulated.dynamo.send(
    new GetCommand({ TableName: emulated.table, Key: { pk: 'targets' }, ConsistentRead: true }),
  );
  return Item as TargetsItem;
}

function logged(): unknown[] {
  return log.mock.calls.map(([line]) => JSON.parse(line));
}
