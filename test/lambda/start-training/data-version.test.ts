import { CopyObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { dataVersion, newRows } from '../../../lambda/start-training/data-version';
import { fakeBuckets } from './fake-buckets';
import { BASE } from './training-of-a-test';

const buckets = { artifacts: 'artifacts', records: 'records' };
const client = new S3Client({});
const version = () => dataVersion(client, buckets, BASE);
let world: ReturnType<typeof fakeBuckets>;

beforeEach(() => {
  world = fakeBuckets();
  world.objects.set(`artifacts/${BASE}rows.csv`, 'subject,topic\n');
});

test('a version is the base data and every labelled row, listed in one manifest', async () => {
  world.objects.set('records/labelled/monitor-2/rows.jsonl', '{"a":1}\n');
  world.objects.set('records/labelled/monitor-1/rows.jsonl', '{"a":2}\n');

  const { version: sha, manifestUri, labelled } = await version();

  expect(manifestUri).toBe(`s3://artifacts/data/versions/${sha}.manifest`);
  expect(JSON.parse(world.objects.get(`artifacts/data/versions/${sha}.manifest`) ?? '')).toEqual([
    { prefix: 's3://artifacts/data/' },
    `${BASE.slice('data/'.length)}rows.csv`,
    'labelled/monitor-1/rows.jsonl',
    'labelled/monitor-2/rows.jsonl',
  ]);
  expect([...labelled].sort()).toEqual(['labelled/monitor-1/rows.jsonl', 'labelled/monitor-2/rows.jsonl']);
});

test('the same data are the same version, and nothing is copied or written over', async () => {
  world.objects.set('records/labelled/monitor-1/rows.jsonl', '{"a":1}\n');
  const first = await version();
  const before = new Map(world.objects);

  expect(await version()).toEqual(first);
  expect(world.s3.commandCalls(CopyObjectCommand)).toHaveLength(1);
  expect(world.objects).toEqual(before);
});

test.each([
  ['another labelled file', 'records/labelled/monitor-9/rows.jsonl'],
  ['another base file', `artifacts/${BASE}more.csv`],
])('%s is another version', async (_, path) => {
  const first = await version();
  world.objects.set(path, '{"a":1}\n');
  expect((await version()).version).not.toBe(first.version);
});

test('labelled rows stay in the version after the records bucket dropped them', async () => {
  world.objects.set('records/labelled/monitor-1/rows.jsonl', '{"a":1}\n');
  const first = await version();
  world.objects.delete('records/labelled/monitor-1/rows.jsonl');
  expect(await version()).toEqual(first);
});

test('an empty file holds no row and is left out', async () => {
  const first = await version();
  world.objects.set('records/labelled/monitor-1/rows.jsonl', '');
  world.objects.set(`artifacts/${BASE}`, '');
  expect(await version()).toEqual(first);
});

test('a key with a space is copied too', async () => {
  world.objects.set('records/labelled/a b/rows.jsonl', '{"a":1}\n');
  await version();
  expect(world.objects.has('artifacts/data/labelled/a b/rows.jsonl')).toBe(true);
});

test('fails when the base data were never staged, and says what to do', async () => {
  world.objects.clear();
  await expect(version()).rejects.toThrow(
    `no data under s3://artifacts/${BASE}: stage the base data, then start again`,
  );
});

test('fails when the manifest cannot be written', async () => {
  world.s3.on(PutObjectCommand).rejects(new Error('AccessDenied'));
  await expect(version()).rejects.toThrow('AccessDenied');
});

describe('new rows', () => {
  beforeEach(() => {
    world.objects.set('records/labelled/monitor-1/rows.jsonl', '{"a":1}\n{"a":2}\n');
  });

  test('are the lines of labelled files that the champion was not trained on', async () => {
    const champion = await version();
    world.objects.set('records/labelled/monitor-2/rows.jsonl', '{"a":3}\n{"a":4}\n\n{"a":5}');
    const { labelled } = await version();

    expect(await newRows(client, buckets, labelled, champion.version)).toBe(3);
    expect(await newRows(client, buckets, champion.labelled, champion.version)).toBe(0);
  });

  test.each([
    ['whose data version is gone', 'f'.repeat(64)],
    ['that names no data version', undefined],
  ])('are all of them for a champion %s', async (_, champion) => {
    const { labelled } = await version();
    expect(await newRows(client, buckets, labelled, champion)).toBe(2);
  });
});
