import { BatchWriteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandOutput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { mockClient } from 'aws-sdk-client-mock';
import { MAX_BODY_BYTES, MAX_REPLY_BYTES } from '../../../lambda/invoke-model/contract';
import { invokeModel } from '../../../lambda/invoke-model/invoke-model';
import event from '../../fixtures/events/api-gateway-prediction.json';

const runtime = mockClient(SageMakerRuntimeClient);
const dynamodb = mockClient(DynamoDBClient);
const NOW = new Date('2026-11-21T10:59:59.900Z');
const { requestId } = event.requestContext;
const good = { input: { subject: 'Invoice 4711', body: 'I was charged twice.' } };
const prediction = {
  topic: { value: 'billing', confidence: 0.91, abstained: false },
  urgency: { value: 'low', confidence: 0.6, abstained: true },
};

const logged: string[] = [];
beforeEach(() => {
  runtime.reset();
  dynamodb.reset();
  dynamodb.on(BatchWriteItemCommand).resolves({});
  logged.length = 0;
  for (const method of ['log', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => {
      logged.push(line.join(' '));
    });
  }
  runtime.on(InvokeEndpointCommand).resolves({ Body: bytes({ modelVersion: 3, predictions: [prediction] }) });
});
afterEach(() => jest.restoreAllMocks());

test('a request is answered with the version that the container reported', async () => {
  const { status, body, headers } = await post(good);

  expect(status).toBe(200);
  expect(body).toEqual({
    inferenceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    modelVersion: 3,
    output: prediction,
  });
  expect(headers).toEqual({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
});

test('the endpoint is asked for one row, under the id that the caller is given', async () => {
  const { body } = await post(good);

  expect(runtime.commandCalls(InvokeEndpointCommand)[0]?.args[0].input).toEqual({
    EndpointName: 'tickets-dev',
    InferenceId: body.inferenceId,
    ContentType: 'application/json',
    Accept: 'application/json',
    Body: JSON.stringify({ rows: [good.input] }),
  });
});

test('an answer is remembered by its id and by the reference, without any payload, for the days kept', async () => {
  const { body } = await send(event.body);

  const items = written();
  const facts = {
    inferenceId: { S: body.inferenceId },
    modelVersion: { N: '3' },
    answered: { S: '2026-11-21T10:59:59.900Z' },
    expires: { N: String(Math.floor(NOW.getTime() / 1000) + 30 * 86_400) },
  };
  expect(items).toEqual([
    { pk: { S: `inference#${body.inferenceId}` }, ...facts },
    { pk: { S: 'reference#CASE-123' }, ...facts },
  ]);
});

test('the time remembered is that of the request, so that its captured record is never of an earlier hour', async () => {
  const times = [NOW, new Date('2026-11-21T11:00:04Z')];
  await handler(() => times.shift() ?? NOW)({ ...event, body: JSON.stringify(good) });

  expect(written()[0]?.answered).toEqual({ S: NOW.toISOString() });
});

test('an answer that cannot be remembered still reaches the caller, who is told so, and the log keeps the item', async () => {
  dynamodb.on(BatchWriteItemCommand).rejects(named('ProvisionedThroughputExceededException'));

  const { status, body, headers } = await post(good);

  expect(status).toBe(200);
  expect(headers['x-correctable']).toBe('false');
  expect(logged.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({
      decision: 'answers not remembered',
      items: [expect.objectContaining({ inferenceId: body.inferenceId, modelVersion: 3 })],
    }),
  );
});

test('a body in base64 is read like any other', async () => {
  const encoded = Buffer.from(JSON.stringify(good)).toString('base64');

  const answer = await handler()({ ...event, body: encoded, isBase64Encoded: true });

  expect(answer.statusCode).toBe(200);
});

test('targets that the project does not have are left out of the answer', async () => {
  const row = { ...prediction, spare: { value: 'x', confidence: 1 } };
  runtime.on(InvokeEndpointCommand).resolves({ Body: bytes({ modelVersion: 3, predictions: [row] }) });

  expect((await post(good)).body.output).toEqual(prediction);
});

test('an answer of a model that knows no abstaining did not abstain', async () => {
  const row = { topic: { value: 'billing', confidence: 0.9 }, urgency: { value: 'low', confidence: 0.2 } };
  runtime.on(InvokeEndpointCommand).resolves({ Body: bytes({ modelVersion: 3, predictions: [row] }) });

  expect((await post(good)).body.output.urgency).toEqual({ value: 'low', confidence: 0.2, abstained: false });
});

describe('an answer that shall be explained', () => {
  const target = (value: string) => ({ value, pieces: [{ text: 'charged', weight: 0.42 }] });
  const explanation = {
    targets: { topic: target('billing'), urgency: target('low') },
    removed: [{ field: 'body', rule: 'signature', characters: 120, text: 'Regards' }],
    complete: true,
  };
  const explained = (...explanations: unknown[]) =>
    runtime
      .on(InvokeEndpointCommand)
      .resolves({ Body: bytes({ modelVersion: 3, predictions: [prediction], explanations }) });

  test('is asked for with its reason, and the caller reads it, but no log does', async () => {
    explained({ ...explanation, inside: 'not promised' });

    const { body } = await post({ ...good, explain: true });

    expect(asked()).toEqual({ rows: [good.input], explain: true });
    expect(body.explanation).toEqual(explanation);
    expect(logged.join()).not.toContain('charged');
  });

  test('is not explained when nobody asked', async () => {
    explained(explanation);

    expect((await post(good)).body.explanation).toBeUndefined();
    expect(asked()).toEqual({ rows: [good.input] });
  });

  test.each([
    ['none', []],
    ['one that is null', [null]],
    ['one that misses a target', [{ ...explanation, targets: { topic: target('billing') } }]],
    ['one with a word that has no weight', [{ ...explanation, removed: [{ field: 'body' }] }]],
  ])('comes without its reason where the model gives %s', async (_, explanations) => {
    explained(...explanations);

    const { status, body } = await post({ ...good, explain: true });

    expect(status).toBe(200);
    expect(body).toEqual({ inferenceId: expect.any(String), modelVersion: 3, output: prediction });
  });
});

test('a body that is not as it should be is refused with 400 that names the field, and the endpoint is not asked', async () => {
  const { status, body } = await send(json({ input: { subject: 'a' } }));

  expect(status).toBe(400);
  expect(body).toEqual({
    error: {
      code: 'invalid_request',
      message: 'input.body is missing: give a string',
      field: 'input.body',
    },
  });
  expect(runtime.calls()).toHaveLength(0);
});

test.each([
  ['empty', ''],
  ['no JSON', '{"input"'],
])('a body that is %s is refused with 400', async (_, text) => {
  const { status, body } = await send(text);

  expect(status).toBe(400);
  expect(body.error.code).toBe('invalid_json');
});

test('a body over the limit is refused with 413 that names size and limit', async () => {
  const text = json({ input: { subject: 'a', body: 'ü'.repeat(MAX_BODY_BYTES / 2) } });

  const { status, body } = await send(text);

  expect(status).toBe(413);
  expect(body.error.message).toContain(
    `the body has ${Buffer.byteLength(text)} bytes, the limit is ${MAX_BODY_BYTES}`,
  );
});

test('a body of exactly the limit is taken', async () => {
  const frame = json({ input: { subject: 'a', body: '' } }).length;

  const { status } = await send(json({ input: { subject: 'a', body: 'b'.repeat(MAX_BODY_BYTES - frame) } }));

  expect(status).toBe(200);
});

test('before the first release the caller is told that there is no model yet', async () => {
  runtime
    .on(InvokeEndpointCommand)
    .rejects(named('ValidationError', 'Endpoint tickets-dev of account 1 not found.'));
  dynamodb.on(GetItemCommand, { TableName: 'state', Key: { pk: { S: 'release' } } }).resolves({});

  const { status, body, headers } = await post(good);

  expect(status).toBe(503);
  expect(body.error.message).toBe('no model in service yet');
  expect(headers['retry-after']).toBeUndefined();
});

test('while a released model is away the caller is told when to come back', async () => {
  runtime
    .on(InvokeEndpointCommand)
    .rejects(named('ValidationError', 'Endpoint tickets-dev of account 1 not found.'));
  dynamodb.on(GetItemCommand).resolves({ Item: { current: { M: { version: { N: '3' } } } } });

  const { status, headers } = await post(good);

  expect(status).toBe(503);
  expect(headers['retry-after']).toBe('30');
});

test('an unreadable release record is no reason for another answer than 503', async () => {
  runtime.on(InvokeEndpointCommand).rejects(named('ValidationError'));
  dynamodb.on(GetItemCommand).rejects(named('AccessDeniedException'));

  expect((await post(good)).status).toBe(503);
});

test.each([
  ['ThrottlingException', {}, 503, '2'],
  ['ModelNotReadyException', {}, 503, '2'],
  ['ServiceUnavailable', {}, 503, '2'],
  ['ModelError', { OriginalStatusCode: 500 }, 502, undefined],
  ['ModelError', { OriginalStatusCode: 400 }, 500, undefined],
  ['AbortError', {}, 504, undefined],
  ['TimeoutError', {}, 504, undefined],
])(
  '%s %j of the endpoint is %i to the caller, neutral and with the request id',
  async (name, facts, expected, retry) => {
    const error = Object.assign(named(name, 'the text was: I was charged twice.'), facts);
    runtime.on(InvokeEndpointCommand).rejects(error);

    const { status, body, headers } = await post(good);

    expect(status).toBe(expected);
    expect(headers['retry-after']).toBe(retry);
    expect(body.error.requestId).toBe(requestId);
    expect(JSON.stringify(body)).not.toContain('charged');
    expect(logged.map((line) => JSON.parse(line))).toContainEqual({
      decision: 'failed',
      requestId,
      status,
      error: name,
    });
  },
);

test('a call that IAM denied is neutral to the caller, and the log says which action is missing', async () => {
  const denied = 'role/x is not authorized to perform: sagemaker:InvokeEndpoint';
  runtime.on(InvokeEndpointCommand).rejects(named('AccessDeniedException', denied));

  const { status, body } = await post(good);

  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('authorized');
  expect(logged.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ denied }));
});

test.each([
  ['no JSON', Buffer.from('oops')],
  ['no version', bytes({ predictions: [prediction] })],
  ['two rows for one', bytes({ modelVersion: 3, predictions: [prediction, prediction] })],
  ['an error of its own', bytes({ modelVersion: 3, predictions: [{ error: 'secret' }] })],
  ['a megabyte and more', Buffer.from(' '.repeat(MAX_REPLY_BYTES + 1))],
  ['a target missing', bytes({ modelVersion: 3, predictions: [{ topic: prediction.topic }] })],
  [
    'a value of another type',
    bytes({ modelVersion: 3, predictions: [{ ...prediction, topic: { value: 1, confidence: 1 } }] }),
  ],
])("a reply of the container with %s is the model's failure", async (_, Body) => {
  runtime.on(InvokeEndpointCommand).resolves({ Body: Body as InvokeEndpointCommandOutput['Body'] });

  expect((await post(good)).status).toBe(502);
});

test('an invocation is given up before API Gateway gives up', async () => {
  const deadline = jest.spyOn(AbortSignal, 'timeout');
  await post(good);

  const milliseconds = deadline.mock.calls.map(([limit]) => limit);
  expect(milliseconds[0]).toBeGreaterThan(0);
  // All writes share one deadline, which follows the invocation's.
  expect(milliseconds.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(29_000);
});

test('no text, no prediction and no reference is ever logged', async () => {
  await send(event.body);
  await send(json({ input: { subject: 'secret subject' } }));
  await send('{"input": "secret');

  expect(logged).toHaveLength(3);
  expect(logged.join()).not.toMatch(/charged|Invoice|billing|secret|CASE-123/);
});

/** What the container was sent. */
function asked() {
  return JSON.parse(String(runtime.commandCalls(InvokeEndpointCommand)[0]?.args[0].input.Body));
}

function written() {
  return dynamodb
    .commandCalls(BatchWriteItemCommand)
    .flatMap(({ args }) => args[0].input.RequestItems?.inferences ?? [])
    .map(({ PutRequest }) => PutRequest?.Item);
}

function handler(now = () => NOW) {
  return invokeModel({
    runtime: new SageMakerRuntimeClient({}),
    dynamodb: new DynamoDBClient({}),
    settings: {
      ENDPOINT_NAME: 'tickets-dev',
      STATE_TABLE: 'state',
      INFERENCES_TABLE: 'inferences',
      FIELDS: 'subject,body',
      TARGETS: 'topic,urgency',
      KEEP_DAYS: '30',
    },
    now,
  });
}

function post(body: object) {
  return send(json(body));
}

async function send(text: string) {
  const answer = await handler()({ ...event, body: text });
  return { status: answer.statusCode, headers: answer.headers ?? {}, body: JSON.parse(answer.body) };
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function bytes(value: unknown): InvokeEndpointCommandOutput['Body'] {
  return Buffer.from(json(value)) as unknown as InvokeEndpointCommandOutput['Body'];
}

function named(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
