import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeModelPackageCommand,
  DescribePipelineExecutionCommand,
  SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { PIPELINE_PARAMETERS } from '../../../lambda/start-training/contract';
import { fingerprintOf } from '../../../lambda/start-training/execution';
import type { StartItem } from '../../../lambda/start-training/start-item';
import { startTraining } from '../../../lambda/start-training/start-training';
import { awsError } from '../../fixtures/events/aws-error';
import { type EmulatedTable, emulatedTable } from '../emulated-table';
import { fakeBuckets } from './fake-buckets';
import { BASE, CODE, env, merge } from './training-of-a-test';

// On real conditional writes, as the claim is one.
const CHAMPION = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/mail-dev/1';
const sagemaker = mockClient(SageMakerClient);
const sns = mockClient(SNSClient);
let emulated: EmulatedTable;
let world: ReturnType<typeof fakeBuckets>;
let status: string;
let time: number;

beforeAll(async () => {
  emulated = await emulatedTable();
}, 20_000);
afterAll(() => emulated?.stop());

beforeEach(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  sagemaker.reset();
  sns.reset();
  world = fakeBuckets();
  world.objects.set(`${env.ARTIFACTS_BUCKET}/${BASE}rows.csv`, 'subject,topic\n');
  for (const pk of ['start', 'release']) {
    await emulated.dynamo.send(new DeleteCommand({ TableName: emulated.table, Key: { pk } }));
  }
  status = 'Executing';
  time = Date.parse('2026-11-21T12:00:00Z');
  // As AWS does: the same token is the same execution.
  sagemaker.on(StartPipelineExecutionCommand).callsFake(({ ClientRequestToken }) => ({
    PipelineExecutionArn: `arn:execution/${ClientRequestToken.slice(0, 12)}`,
  }));
  sagemaker.on(DescribePipelineExecutionCommand).callsFake(() => ({ PipelineExecutionStatus: status }));
});

test('a first merge starts the pipeline with every parameter, and a marker instead of a champion', async () => {
  const { outcome, executionArn } = await start(merge);

  expect(outcome).toBe('started');
  const given = parameters();
  expect(Object.keys(given)).toEqual([...PIPELINE_PARAMETERS]);
  expect(given).toMatchObject({
    CodeUri: `s3://mail-dev-artifacts/code/${CODE}/`,
    Commit: 'abc1234',
    DataUri: `s3://mail-dev-artifacts/data/versions/${given.DataVersion}.manifest`,
    Reason: 'merge',
    ChampionArn: 'none',
    ChampionModelUri: 's3://mail-dev-artifacts/champion/none/marker.json',
    ChampionImage: env.SERVE_IMAGE,
    Fingerprint: fingerprintOf(CODE, given.DataVersion ?? '', env.DEFINITION_HASH),
  });
  expect(world.objects.has('mail-dev-artifacts/champion/none/marker.json')).toBe(true);
  expect(await item()).toMatchObject({ code: CODE, execution: executionArn, asked: given.Fingerprint });
});

test('a merge that changes nothing trains nothing, and the item says so', async () => {
  await start(merge);
  await release(parameters());
  const { outcome, note } = await start(merge);

  expect(outcome).toBe('nothing changed');
  expect((await item()).note).toBe(note);
  expect(starts()).toBe(1);
});

test.each([
  ['runs', 'Executing', 'already asked'],
  ['was trained, and its package waits for a decision', 'Succeeded', 'already asked'],
  ['failed', 'Failed', 'started'],
  ['was stopped', 'Stopped', 'started'],
])('the same merge again, when what was asked %s: %s', async (_, now, outcome) => {
  await start(merge);
  status = now;
  expect((await start(merge)).outcome).toBe(outcome);
});

test('other code, other data or other settings of the pipeline are another training', async () => {
  await start(merge);
  expect((await start({ ...merge, code: 'e'.repeat(64) })).outcome).toBe('started');
  labelled('monitor-1', 1);
  expect((await start(merge)).outcome).toBe('started');
  expect((await start(merge, { DEFINITION_HASH: 'definition-2' })).outcome).toBe('started');
});

test('a person trains again although nothing changed, but not what runs already', async () => {
  await start(merge);
  expect((await start({ reason: 'manual' })).outcome).toBe('already asked');
  status = 'Succeeded';
  await release(parameters());
  expect((await start({ reason: 'manual' })).outcome).toBe('started');
  expect(parameters()).toMatchObject({ Reason: 'manual', CodeHash: CODE, Commit: 'abc1234' });
});

test.each([{ ...merge }, { reason: 'manual' }])('six simultaneous starts give one: %j', async (event) => {
  await start(merge);
  await forget();
  const outcomes = await Promise.all(Array.from({ length: 6 }, async () => (await start(event)).outcome));

  expect(outcomes.filter((outcome) => outcome === 'started')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'already asked')).toHaveLength(5);
  expect(starts()).toBe(1);
});

test('a champion gives its package, its model and its own image', async () => {
  await start(merge);
  await release(parameters());
  labelled('monitor-1', 1);
  await start(merge);

  expect(parameters()).toMatchObject({
    ChampionArn: CHAMPION,
    ChampionModelUri: 's3://mail-dev-artifacts/models/one/output/model.tar.gz',
    ChampionImage: 'image-of-one',
  });
});

test('drift retrains on base data and feedback, tells the owner, and cools down', async () => {
  await trainedAndReleased();
  labelled('monitor-1', 3);

  expect((await start({ reason: 'drift' })).outcome).toBe('started');
  expect(parameters()).toMatchObject({ Reason: 'drift', ChampionArn: CHAMPION });
  expect(told()).toEqual(['mail-dev: retraining started']);
  labelled('monitor-2', 3);
  expect((await start({ reason: 'quality' })).outcome).toBe('cooling down');
  expect(await item()).toMatchObject({ pending: 'quality' });
});

test('what the cooldown swallowed is started by the tick after it, once', async () => {
  await trainedAndReleased();
  labelled('monitor-1', 3);
  await start({ reason: 'drift' });
  labelled('monitor-2', 3);
  await start({ reason: 'quality' });

  expect((await start({ reason: 'tick' })).outcome).toBe('cooling down');
  time += 24 * 3_600_000;
  expect((await start({ reason: 'tick' })).outcome).toBe('started');
  expect(parameters()).toMatchObject({ Reason: 'quality' });
  expect((await start({ reason: 'tick' })).outcome).toBe('nothing pending');
});

test('too few new rows are told once and train nothing; the tick trains when there are enough', async () => {
  await trainedAndReleased();
  labelled('monitor-1', 2);

  expect((await start({ reason: 'drift' })).outcome).toBe('too few new rows');
  expect((await start({ reason: 'tick' })).outcome).toBe('too few new rows');
  expect(told()).toEqual(['mail-dev: too few new rows']);
  labelled('monitor-2', 1);
  expect((await start({ reason: 'tick' })).outcome).toBe('started');
});

test('a start that SageMaker refuses is undone, so that the retry starts it, with the same token', async () => {
  sagemaker.on(StartPipelineExecutionCommand).rejectsOnce(awsError('throttled')).resolves({
    PipelineExecutionArn: 'arn:execution/second',
  });
  await expect(start(merge)).rejects.toThrow('Rate exceeded');
  const merged = new Date(time).toISOString();
  expect(await item()).toEqual({ pk: 'start', code: CODE, commit: 'abc1234', data: BASE, merged });

  expect((await start(merge)).executionArn).toBe('arn:execution/second');
  const [first, second] = sagemaker
    .commandCalls(StartPipelineExecutionCommand)
    .map((call) => call.args[0].input.ClientRequestToken);
  expect(second).toBe(first);
});

test('a start that was cut off after its claim is taken up a minute later, with the same token', async () => {
  const { executionArn } = await start(merge);
  const { execution: _, ...cutOff } = await item();
  await put(cutOff);

  expect((await start(merge)).outcome).toBe('already asked');
  time += 61_000;
  expect(await start(merge)).toMatchObject({ outcome: 'started', executionArn });
});

test('an execution that SageMaker no longer knows does not block', async () => {
  await start(merge);
  sagemaker.on(DescribePipelineExecutionCommand).rejects(awsError('pipeline execution not found'));
  expect((await start(merge)).outcome).toBe('started');
});

test('a merge that the project does not train on is kept for the next retraining', async () => {
  expect((await start(merge, { RETRAIN_ON: 'drift' })).outcome).toBe('not configured');
  expect((await start({ reason: 'drift' }, { RETRAIN_ON: 'drift' })).outcome).toBe('started');
  expect(parameters()).toMatchObject({ CodeHash: CODE });
});

test('an owner who cannot be told does not undo a start', async () => {
  await trainedAndReleased();
  labelled('monitor-1', 3);
  sns.on(PublishCommand).rejects(awsError('access denied'));
  expect((await start({ reason: 'drift' })).outcome).toBe('started');
});

test('the author goes with the merge to every later training of it, and makes no other training', async () => {
  await start({ ...merge, author: 'jane@example.com' });
  expect(parameters()).toMatchObject({ Commit: 'abc1234', Author: 'jane@example.com' });
  const { Fingerprint } = parameters();

  status = 'Succeeded';
  await start({ reason: 'manual' });
  expect(parameters()).toMatchObject({ Reason: 'manual', Author: 'jane@example.com', Fingerprint });

  expect((await start({ ...merge, commit: 'other' })).outcome).toBe('already asked');
  await start({ reason: 'manual' });
  expect(parameters()).toMatchObject({ Commit: 'other', Author: 'unknown', Fingerprint });
});

test('fails with a champion whose package cannot be scored', async () => {
  await start(merge);
  await release(parameters());
  sagemaker.on(DescribeModelPackageCommand).resolves({});
  await expect(start(merge)).rejects.toThrow(`${CHAMPION} names no model data and image`);
});

function start(event: unknown, change: Partial<typeof env> = {}) {
  return startTraining({
    s3: new S3Client({}),
    sagemaker: new SageMakerClient({}),
    sns: new SNSClient({}),
    dynamo: emulated.dynamo,
    env: { ...env, STATE_TABLE: emulated.table, ...change },
    now: () => time,
  })(event);
}

async function trainedAndReleased() {
  await start(merge);
  status = 'Succeeded';
  await release(parameters());
}

async function release({ Fingerprint, DataVersion }: Record<string, string>) {
  const current = { version: 1, packageArn: CHAMPION, config: 'mail-dev-v1-aaaaaaaa' };
  await put({ pk: 'release', current });
  sagemaker.on(DescribeModelPackageCommand).resolves({
    InferenceSpecification: {
      Containers: [
        { Image: 'image-of-one', ModelDataUrl: 's3://mail-dev-artifacts/models/one/output/model.tar.gz' },
      ],
    },
    CustomerMetadataProperties: { fingerprint: Fingerprint ?? '', dataVersion: DataVersion ?? '' },
  });
}

/** As before any training, but for what the merge named. */
async function forget() {
  const { code, commit, data } = await item();
  await put({ pk: 'start', code, commit, data });
  sagemaker.resetHistory();
}

function labelled(job: string, rows: number) {
  world.objects.set(`${env.RECORDS_BUCKET}/labelled/${job}/rows.jsonl`, '{"subject":"x"}\n'.repeat(rows));
}

async function item(): Promise<StartItem> {
  const { Item } = await emulated.dynamo.send(
    new GetCommand({ TableName: emulated.table, Key: { pk: 'start' }, ConsistentRead: true }),
  );
  return Item as StartItem;
}

function put(Item: object) {
  return emulated.dynamo.send(new PutCommand({ TableName: emulated.table, Item: { ...Item } }));
}

/** Parameters of the last start. */
function parameters(): Record<string, string> {
  const last = sagemaker.commandCalls(StartPipelineExecutionCommand).at(-1)?.args[0].input;
  return Object.fromEntries((last?.PipelineParameters ?? []).map(({ Name, Value }) => [Name, Value ?? '']));
}

function starts(): number {
  return sagemaker.commandCalls(StartPipelineExecutionCommand).length;
}

function told() {
  return sns.commandCalls(PublishCommand).map((call) => call.args[0].input.Subject);
}
