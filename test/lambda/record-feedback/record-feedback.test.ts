import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { MAX_CORRECTIONS } from '../../../lambda/record-feedback/contract';
import { recordFeedback } from '../../../lambda/record-feedback/record-feedback';
import event from '../../fixtures/events/api-gateway-prediction.json';

const dynamodb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const NOW = new Date('2026-11-22T08:30:00Z');
const ID = '6f1c0b1e-4b52-4f0e-9a55-0d6a1c2b3e4f';
const OTHER = '7a2d1c2f-5c63-4a1f-8b66-1e7b2d3c4f50';

const logged: string[] = [];
beforeEach(() => {
  dynamodb.reset();
  s3.reset();
  logged.length = 0;
  for (const method of ['log', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => {
      logged.push(line.join(' '));
    });
  }
  dynamodb.on(GetCommand).resolves({});
  known(ID);
});
afterEach(() => jest.restoreAllMocks());

test('a correction by id lands as ground truth in the hour it arrived, and its name leads to the answer', async () => {
  const { status, body } = await post({ inferenceId: ID, correction: { topic: 'refund', urgency: 'high' } });

  expect(status).toBe(202);
  expect(body).toEqual({ accepted: [{ index: 0, inferenceId: ID }], rejected: [] });
  const { Body, ...put } = puts()[0] ?? {};
  expect(put).toEqual({
    Bucket: 'records',
    Key: `feedback/2026/11/22/08/${ID}_2026112110.jsonl`,
    ContentType: 'application/jsonlines',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'key',
  });
  expect(JSON.parse(String(Body))).toEqual({
    groundTruthData: { data: '{"topic":"refund","urgency":"high"}', encoding: 'JSON' },
    eventMetadata: { eventId: ID },
    eventVersion: '0',
  });
  expect(String(Body)).toMatch(/^[^\n]+\n$/);
});

test("a correction by the caller's reference finds the answer it names", async () => {
  dynamodb.on(GetCommand, key('reference#CASE-123')).resolves({ Item: item(ID) });

  const { body } = await post({ reference: 'CASE-123', correction: { topic: 'refund' } });

  expect(body.accepted).toEqual([{ index: 0, inferenceId: ID }]);
});

test('a correction that is sent again, even hours later, writes nothing and is accepted', async () => {
  known(ID, { correction: '{"topic":"refund","urgency":"high"}' });

  const { status } = await post({ inferenceId: ID, correction: { urgency: 'high', topic: 'refund' } });

  expect(status).toBe(202);
  expect(puts()).toHaveLength(0);
  expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
});

test('a later correction wins where it differs, and keeps the targets corrected before', async () => {
  known(ID, { correction: '{"topic":"refund","urgency":"high"}' });

  await post({ inferenceId: ID, correction: { topic: 'billing' } });

  expect(corrected(0)).toEqual({ topic: 'billing', urgency: 'high' });
});

test('the item remembers what was stored only after the object, so a crash in between is made good by a repeat', async () => {
  s3.on(PutObjectCommand).rejects(new Error('SlowDown'));

  const { status } = await post({ inferenceId: ID, correction: { topic: 'refund' } });

  expect(status).toBe(500);
  expect(dynamodb.commandCalls(UpdateCommand)).toHaveLength(0);
});

test('two callers who correct different targets at once both end in the object', async () => {
  dynamodb
    .on(UpdateCommand)
    .rejectsOnce(changedMeanwhile({ correction: { S: '{"urgency":"high"}' } }))
    .resolves({});

  await post({ inferenceId: ID, correction: { topic: 'refund' } });

  expect(corrected(1)).toEqual({ topic: 'refund', urgency: 'high' });
  const last = dynamodb.commandCalls(UpdateCommand).at(-1)?.args[0].input;
  expect(last?.ConditionExpression).toBe('correction = :read');
  expect(last?.ExpressionAttributeValues).toEqual({
    ':read': '{"urgency":"high"}',
    ':merged': '{"topic":"refund","urgency":"high"}',
  });
});

test('an answer that others correct all the time is given back to its sender', async () => {
  let round = 0;
  dynamodb.on(UpdateCommand).callsFake(() => {
    round += 1;
    throw changedMeanwhile({ correction: { S: `{"urgency":"${round}"}` } });
  });

  expect((await post({ inferenceId: ID, correction: { topic: 'refund' } })).status).toBe(500);
  expect(round).toBeLessThan(10);
});

test('an answer that expires in the middle keeps its stored correction', async () => {
  dynamodb.on(UpdateCommand).rejects(changedMeanwhile(undefined));

  expect((await post({ inferenceId: ID, correction: { topic: 'refund' } })).status).toBe(202);
});

test('one bad correction does not fail the others, and each is told why by its place', async () => {
  known(OTHER);
  s3.on(PutObjectCommand, { Key: `feedback/2026/11/22/08/${OTHER}_2026112110.jsonl` }).rejects(
    new Error('SlowDown'),
  );

  const { status, body } = await post({
    corrections: [
      { inferenceId: OTHER, correction: { topic: 'a' } },
      { inferenceId: ID, correction: { colour: 'red' } },
      { inferenceId: '00000000-0000-4000-8000-000000000000', correction: { topic: 'a' } },
      { inferenceId: ID, correction: { topic: 'refund' } },
    ],
  });

  expect(status).toBe(202);
  expect(body.accepted).toEqual([{ index: 3, inferenceId: ID }]);
  expect(body.rejected).toEqual([
    { index: 0, reason: 'not stored, send it again later' },
    {
      index: 1,
      reason: expect.stringContaining('correction.colour is unknown: the model predicts topic, urgency'),
    },
    { index: 2, reason: expect.stringContaining('no answer with this inferenceId') },
  ]);
});

test('several corrections of one answer in one call are one object, the later overlaying the earlier', async () => {
  const { body } = await post({
    corrections: [
      { inferenceId: ID, correction: { topic: 'a', urgency: 'low' } },
      { inferenceId: ID, correction: { topic: 'b' } },
    ],
  });

  expect(body.accepted).toHaveLength(2);
  expect(puts()).toHaveLength(1);
  expect(corrected(0)).toEqual({ topic: 'b', urgency: 'low' });
});

test.each([
  ['an unknown id', { inferenceId: OTHER, correction: { topic: 'a' } }],
  ['an unknown reference', { reference: 'CASE-9', correction: { topic: 'a' } }],
])('%s alone is answered with 404', async (_, body) => {
  const { status } = await post(body);

  expect(status).toBe(404);
  expect(puts()).toHaveLength(0);
});

test('an answer past its time is not known any more, also before DynamoDB deletes it', async () => {
  known(ID, { expires: NOW.getTime() / 1000 - 1 });

  expect((await post({ inferenceId: ID, correction: { topic: 'a' } })).status).toBe(404);
});

test('a call without one well-formed correction is refused with 400 that names every fault, and nothing is looked up', async () => {
  const { status, body } = await post({ corrections: [{ reference: 'A' }, { correction: { topic: 'a' } }] });

  expect(status).toBe(400);
  expect(body.error.field).toBe('corrections[0].correction');
  expect(body.error.message).toContain('corrections[0].correction is nothing');
  expect(body.error.message).toContain('corrections[1].inferenceId or reference must be given');
  expect(dynamodb.calls()).toHaveLength(0);
});

test('a full list of corrections is taken', async () => {
  const corrections = Array(MAX_CORRECTIONS).fill({ inferenceId: ID, correction: { topic: 'a' } });

  expect((await post({ corrections })).body.accepted).toHaveLength(MAX_CORRECTIONS);
});

test('an oversized body is refused with 413', async () => {
  expect((await post({ corrections: ['a'.repeat(300_000)] })).status).toBe(413);
});

test('fails neutrally, with the request id, when the table refuses', async () => {
  dynamodb
    .on(GetCommand)
    .rejects(Object.assign(new Error('role lacks dynamodb:GetItem'), { name: 'AccessDenied' }));

  const { status, body } = await post({ inferenceId: ID, correction: { topic: 'a' } });

  expect(status).toBe(500);
  expect(body.error.requestId).toBe(event.requestContext.requestId);
  expect(JSON.stringify(body)).not.toContain('role');
  expect(logged.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ error: 'AccessDenied', denied: 'role lacks dynamodb:GetItem' }),
  );
});

test('no corrected value and no reference is ever logged', async () => {
  await post({ inferenceId: ID, correction: { topic: 'a-secret' } });
  await post({ reference: 'CASE-SECRET', correction: { topic: 'a-secret' } });
  await post({ inferenceId: ID, correction: { topic: 'a-secret'.repeat(100) } });

  expect(logged).toHaveLength(3);
  expect(logged.join()).not.toMatch(/secret/i);
});

function known(id: string, more: object = {}): void {
  dynamodb.on(GetCommand, key(`inference#${id}`)).resolves({ Item: item(id, more) });
}

function key(pk: string) {
  return { TableName: 'inferences', Key: { pk }, ConsistentRead: true };
}

function item(id: string, more: object = {}) {
  const expires = NOW.getTime() / 1000 + 86_400;
  return { inferenceId: id, modelVersion: 3, answered: '2026-11-21T10:59:59.900Z', expires, ...more };
}

function changedMeanwhile(Item: Record<string, { S: string }> | undefined): Error {
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    Item,
  });
}

function puts() {
  return s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
}

/** The corrected targets that the object put as the `index`-th carries. */
function corrected(index: number): unknown {
  return JSON.parse(JSON.parse(String(puts()[index]?.Body)).groundTruthData.data);
}

async function post(body: unknown) {
  const handler = recordFeedback({
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    s3: new S3Client({}),
    settings: {
      INFERENCES_TABLE: 'inferences',
      RECORDS_BUCKET: 'records',
      KEY_ARN: 'key',
      TARGETS: 'topic,urgency',
    },
    now: () => NOW,
  });
  const answer = await handler({ ...event, body: JSON.stringify(body) });
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}
