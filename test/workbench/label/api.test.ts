import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from '../../../operations/terminal/refusal';
import { labelApi } from '../../../workbench/label/api';

interface Call {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let url: string;
let calls: Call[];
/** What the API answers, call by call; the last one from then on. */
let replies: Array<{ readonly status: number; readonly body: unknown }>;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url: path, headers } = request;
    calls.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 500, body: {} };
    response.writeHead(reply.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/live/v1/predictions`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  calls = [];
});

const api = () =>
  labelApi(
    url,
    { region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } },
    [1, 1],
  );
const labels = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ id: `id-${number}`, values: { topic: 'returns' } }));

test('labels are sent as corrections, signed by the person', async () => {
  replies = [{ status: 202, body: { accepted: [{ index: 0, inferenceId: 'id-0' }], rejected: [] } }];
  expect(await api().send(labels(1))).toEqual({ stored: ['id-0'], refused: [] });
  const [call] = calls;
  expect([call?.method, call?.path]).toEqual(['POST', '/live/v1/feedback']);
  expect(call?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=[^,]*host/,
  );
  expect(JSON.parse(call?.body ?? '')).toEqual({
    corrections: [{ inferenceId: 'id-0', correction: { topic: 'returns' } }],
  });
});

test('a label that is refused is named with its reason, and does not keep back the others', async () => {
  const rejected = [{ index: 1, reason: 'too old' }];
  replies = [{ status: 202, body: { accepted: [{ index: 0 }, { index: 2 }], rejected } }];
  expect(await api().send(labels(3))).toEqual({
    stored: ['id-0', 'id-2'],
    refused: [{ id: 'id-1', reason: 'too old' }],
  });
});

test('more than a hundred go in turns, and a turn of which none is known keeps back none of the next', async () => {
  const accepted = [{ index: 0 }];
  replies = [
    { status: 404, body: { error: { code: 'not_known', message: 'no answer is known' } } },
    { status: 202, body: { accepted, rejected: [] } },
  ];
  const { stored, refused } = await api().send(labels(101));
  expect(calls.map(({ body }) => JSON.parse(body).corrections.length)).toEqual([100, 1]);
  expect(stored).toEqual(['id-100']);
  expect(refused).toHaveLength(100);
  expect(refused[0]?.reason).toBe('no answer is known');
});

test('what passes is tried again', async () => {
  replies = [
    { status: 429, body: {} },
    { status: 500, body: {} },
    { status: 202, body: { accepted: [{ index: 0 }], rejected: [] } },
  ];
  expect((await api().send(labels(1))).stored).toEqual(['id-0']);
  expect(calls).toHaveLength(3);
});

test('who may not call is told what it takes', async () => {
  replies = [{ status: 403, body: { message: 'User is not authorized' } }];
  const sent = api().send(labels(1));
  await expect(sent).rejects.toThrow(Refusal);
  await expect(sent).rejects.toThrow(/403: User is not authorized · your role needs execute-api:Invoke/);
});

test('an API that is not there is a refusal, not a stack trace', async () => {
  const nobody = labelApi('http://127.0.0.1:1/live/v1/predictions', {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await expect(nobody.classes()).rejects.toThrow(/127.0.0.1:1 cannot be reached/);
});

test('classes are those of the model in service', async () => {
  const classes = [
    { name: 'billing', since: '2026-01-01' },
    { name: 'returns', since: '2026-02-01' },
  ];
  replies = [
    { status: 200, body: { modelVersion: 3, targets: { topic: { classes, changed: 'x', removed: [] } } } },
  ];
  expect(await api().classes()).toEqual({ topic: ['billing', 'returns'] });
  expect([calls[0]?.method, calls[0]?.path]).toEqual(['GET', '/live/v1/targets']);
});

test.each([404, 503])('where they were not written down (%i) there are none', async (status) => {
  replies = [{ status, body: { error: { code: 'x', message: 'not yet' } } }];
  expect(await api().classes()).toEqual({});
});
