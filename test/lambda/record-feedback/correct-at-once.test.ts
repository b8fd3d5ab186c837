import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { type KnownAnswer, storeCorrection } from '../../../lambda/record-feedback/store-correction';
import { type EmulatedTable, emulatedTable } from '../emulated-table';

// Against real conditional writes: what several corrections of one answer at the same moment come to.
const s3 = mockClient(S3Client);
let emulated: EmulatedTable;

beforeAll(async () => {
  emulated = await emulatedTable();
}, 20_000);
afterAll(() => emulated?.stop());

test('corrections of different targets at once all end in the last object and in the item', async () => {
  const answer = await known('at-once');

  await Promise.all([
    store(answer, { topic: 'refund' }),
    store(answer, { urgency: 'high' }),
    store(answer, { language: 'de' }),
  ]);

  const all = { language: 'de', topic: 'refund', urgency: 'high' };
  expect(lastStored()).toEqual(all);
  expect(JSON.parse((await item('at-once'))?.correction ?? '')).toEqual(all);
});

test('a repeat, read fresh, writes no object', async () => {
  const answer = await known('repeat');
  await store(answer, { topic: 'refund' });
  s3.reset();

  await store((await item('repeat')) ?? answer, { topic: 'refund' });

  expect(s3.calls()).toHaveLength(0);
});

test('the same correction delivered twice at once is one content', async () => {
  const answer = await known('twice');

  await Promise.all([store(answer, { topic: 'refund' }), store(answer, { topic: 'refund' })]);

  expect(lastStored()).toEqual({ topic: 'refund' });
  expect((await item('twice'))?.correction).toBe('{"topic":"refund"}');
});

async function known(inferenceId: string): Promise<KnownAnswer> {
  const answered = '2026-11-21T10:15:00.000Z';
  const answer = {
    pk: `inference#${inferenceId}`,
    inferenceId,
    modelVersion: 1,
    answered,
    expires: 4_000_000_000,
  };
  await emulated.dynamo.send(new PutCommand({ TableName: emulated.table, Item: answer }));
  return answer;
}

async function item(inferenceId: string): Promise<KnownAnswer | undefined> {
  const Key = { pk: `inference#${inferenceId}` };
  const { Item } = await emulated.dynamo.send(
    new GetCommand({ TableName: emulated.table, Key, ConsistentRead: true }),
  );
  return Item as KnownAnswer | undefined;
}

function store(answer: KnownAnswer, correction: Record<string, string>): Promise<void> {
  const settings = {
    INFERENCES_TABLE: emulated.table,
    RECORDS_BUCKET: 'records',
    KEY_ARN: 'key',
    TARGETS: '',
  };
  const now = () => new Date('2026-11-22T08:30:00Z');
  return storeCorrection(
    { dynamodb: emulated.dynamo, s3: new S3Client({}), settings, now },
    answer,
    correction,
  );
}

function lastStored(): unknown {
  const last = s3.commandCalls(PutObjectCommand).at(-1)?.args[0].input.Body;
  return JSON.parse(JSON.parse(String(last)).groundTruthData.data);
}
