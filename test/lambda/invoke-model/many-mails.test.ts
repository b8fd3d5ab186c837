import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandOutput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { invokeModel } from '../../../lambda/invoke-model/invoke-model';
import event from '../../fixtures/events/api-gateway-prediction.json';

// Requests with `inputs`; what one and many share is in invoke-model.test.ts.
const runtime = mockClient(SageMakerRuntimeClient);
const dynamodb = mockClient(DynamoDBClient);
const NOW = new Date('2026-11-21T10:59:59.900Z');

const logged: string[] = [];
beforeEach(() => {
  runtime.reset();
  dynamodb.reset();
  logged.length = 0;
  for (const method of ['log', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => {
      logged.push(line.join(' '));
    });
  }
  runtime.on(InvokeEndpointCommand).callsFake(({ Body }: { Body: string }) => {
    const { rows } = JSON.parse(Body) as { rows: Array<{ body: string }> };
    const predictions = rows.map(({ body }) =>
      body.startsWith('fail') ? { error: `cannot read "${body}"` } : { topic: topic(body) },
    );
    return { Body: bytes({ modelVersion: 3, predictions }) };
  });
  dynamodb.on(BatchWriteItemCommand).resolves({});
});
afterEach(() => jest.restoreAllMocks());

test('many mails are one invocation, and each answer is at its place under an id of its own', async () => {
  const { status, body } = await post([mail('a'), mail('b'), mail('c')]);

  const calls = runtime.commandCalls(InvokeEndpointCommand).map(({ args }) => args[0].input);
  expect(calls).toHaveLength(1);
  const id = calls[0]?.InferenceId;
  expect(JSON.parse(String(calls[0]?.Body))).toEqual({
    rows: [{ body: 'a' }, { body: 'b' }, { body: 'c' }],
    batch: true,
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    modelVersion: 3,
    results: ['a', 'b', 'c'].map((text, row) => ({
      inferenceId: `${id}.${row}`,
      output: { topic: topic(text) },
    })),
  });
});

test('a batch of one is told from a single mail', async () => {
  const { body } = await post([mail('a')]);

  expect(JSON.parse(String(runtime.commandCalls(InvokeEndpointCommand)[0]?.args[0].input.Body)).batch).toBe(
    true,
  );
  expect(body.results[0].inferenceId).toMatch(/^[0-9a-f-]{36}\.0$/);
});

test('a bad mail fails alone, and the ids count the mails that the model saw', async () => {
  const { body } = await post([mail('a'), mail(''), { input: { body: 7 } }, mail('b')]);

  expect(body.results).toEqual([
    { inferenceId: expect.stringMatching(/\.0$/), output: { topic: topic('a') } },
    {
      error: {
        code: 'invalid_request',
        field: 'input.body',
        message: 'input.body is empty: give some text to classify',
      },
    },
    { error: expect.objectContaining({ code: 'invalid_request', field: 'input.body' }) },
    { inferenceId: expect.stringMatching(/\.1$/), output: { topic: topic('b') } },
  ]);
});

test('a mail that the model failed on fails alone, in neutral words', async () => {
  const { body } = await post([mail('a'), mail('fail here'), mail('b')]);

  expect(body.results).toEqual([
    { inferenceId: expect.stringMatching(/\.0$/), output: { topic: topic('a') } },
    { error: { code: 'model_failed', message: 'the model failed on this input' } },
    { inferenceId: expect.stringMatching(/\.2$/), output: { topic: topic('b') } },
  ]);
});

test("a model that fails on every mail has failed: that is an error, which somebody's alarm counts", async () => {
  expect(await post([mail('fail'), mail('fail')])).toMatchObject({
    status: 502,
    body: { error: { code: 'model_failed' } },
  });
});

test('a reply with a row less is no reply', async () => {
  runtime
    .on(InvokeEndpointCommand)
    .resolves({ Body: bytes({ modelVersion: 3, predictions: [{ topic: topic('a') }] }) });

  expect((await post([mail('a'), mail('b')])).status).toBe(502);
});

test('no mail that could be asked about is no reason for another reply, and nobody is asked', async () => {
  const { status, body } = await post([mail(''), mail(' ')]);

  expect(status).toBe(200);
  expect(body).toEqual({ results: [expect.anything(), expect.anything()].map((error) => ({ error })) });
  expect(runtime.calls()).toHaveLength(0);
  expect(dynamodb.calls()).toHaveLength(0);
});

test('every answer is remembered, with the reference of its mail, in as few calls as DynamoDB takes', async () => {
  const inputs = Array.from({ length: 50 }, (_, index) => ({
    ...mail(`m${index}`),
    reference: `CASE-${index}`,
  }));

  const { body } = await post(inputs);

  const batches = dynamodb
    .commandCalls(BatchWriteItemCommand)
    .map(({ args }) => args[0].input.RequestItems?.inferences ?? []);
  expect(batches.map((batch) => batch.length)).toEqual([25, 25, 25, 25]);
  const items = batches.flat().map(({ PutRequest }) => PutRequest?.Item);
  const { inferenceId } = body.results[49];
  expect(items.slice(-2).map((item) => [item?.pk?.S, item?.inferenceId?.S])).toEqual([
    [`inference#${inferenceId}`, inferenceId],
    ['reference#CASE-49', inferenceId],
  ]);
});

test('what DynamoDB had no room for is sent again, and then every answer can be corrected', async () => {
  dynamodb
    .on(BatchWriteItemCommand)
    .callsFakeOnce(({ RequestItems: { inferences } }) => ({
      UnprocessedItems: { inferences: inferences.slice(1) },
    }))
    .resolves({});

  const { body } = await post([mail('a'), mail('b'), mail('c')]);

  expect(
    dynamodb.commandCalls(BatchWriteItemCommand)[1]?.args[0].input.RequestItems?.inferences,
  ).toHaveLength(2);
  expect(body.results.filter((result: object) => 'correctable' in result)).toEqual([]);
});

test('an answer that could not be remembered says so, and the others do not', async () => {
  dynamodb.on(BatchWriteItemCommand).callsFake(({ RequestItems: { inferences } }) => ({
    UnprocessedItems: { inferences: inferences.slice(-1) },
  }));

  const { status, body } = await post([mail('a'), { ...mail('b'), reference: 'CASE-2' }]);

  expect(status).toBe(200);
  expect(body.results.map(({ correctable }: { correctable?: false }) => correctable)).toEqual([
    undefined,
    false,
  ]);
  expect(logged.map((line) => JSON.parse(line))).toContainEqual({
    decision: 'answers not remembered',
    error: 'UnprocessedItems',
    items: [expect.objectContaining({ inferenceId: body.results[1].inferenceId })],
  });
});

test('the log counts, and holds no text, no prediction, no reference', async () => {
  await post([{ ...mail('secret'), reference: 'CASE-1' }, mail(''), mail('fail secret')]);

  expect(logged.map((line) => JSON.parse(line))).toEqual([
    {
      decision: 'answered',
      requestId: event.requestContext.requestId,
      inferenceId: expect.any(String),
      modelVersion: 3,
      items: 3,
      refused: 1,
      failed: 1,
      correctable: 1,
      milliseconds: 0,
    },
  ]);
  expect(logged.join()).not.toMatch(/secret|CASE-1|about/);
});

function mail(body: string) {
  return { input: { body } };
}

function topic(text: string) {
  return { value: `about ${text}`, confidence: 0.9, abstained: false };
}

async function post(inputs: readonly unknown[]) {
  const handler = invokeModel({
    runtime: new SageMakerRuntimeClient({}),
    dynamodb: new DynamoDBClient({}),
    settings: {
      ENDPOINT_NAME: 'tickets-dev',
      STATE_TABLE: 'state',
      INFERENCES_TABLE: 'inferences',
      FIELDS: 'body',
      TARGETS: 'topic',
      KEEP_DAYS: '30',
    },
    now: () => NOW,
  });
  const answer = await handler({ ...event, body: JSON.stringify({ inputs }) });
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
}

function bytes(value: unknown): InvokeEndpointCommandOutput['Body'] {
  return Buffer.from(JSON.stringify(value)) as unknown as InvokeEndpointCommandOutput['Body'];
}
