import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { HttpEvent } from '../../../lambda/http';
import event from '../../fixtures/events/api-gateway-prediction.json';

type Play = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let plays: Play[] = [];
let invocations = 0;
const before = { ...process.env };

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    if (request.headers['x-amz-target'] !== undefined) return response.end('{}');
    invocations += 1;
    const play = plays.shift() ?? answer;
    return play(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ENDPOINT_NAME: 'tickets-dev',
    STATE_TABLE: 'state',
    INFERENCES_TABLE: 'inferences',
    FIELDS: 'subject,body',
    TARGETS: 'topic',
    KEEP_DAYS: '30',
  });
});
afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});
beforeEach(() => {
  invocations = 0;
  for (const method of ['log', 'error'] as const) jest.spyOn(console, method).mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());

test('a closed connection and a moment of throttling are behind the caller, who sees one answer', async () => {
  plays = [reset, throttled];

  expect((await invoke()).statusCode).toBe(200);
  expect(invocations).toBe(3);
});

test('an endpoint that stays throttled is tried three times and no more', async () => {
  plays = [throttled, throttled, throttled, throttled];

  expect((await invoke()).statusCode).toBe(503);
  expect(invocations).toBe(3);
});

test('an endpoint that says nothing is given up at the deadline, and not asked again', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(100));
  plays = [() => {}];

  expect((await invoke()).statusCode).toBe(504);
  expect(invocations).toBe(1);
});

async function invoke(): Promise<APIGatewayProxyResult> {
  // Loaded late: the module reads the environment that this file has just set.
  const { handler } = jest.requireActual<{ handler: (event: HttpEvent) => Promise<APIGatewayProxyResult> }>(
    '../../../lambda/invoke-model/index',
  );
  return handler(event);
}

function answer(_: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ modelVersion: 1, predictions: [{ topic: { value: 'billing', confidence: 1 } }] }),
  );
}

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

function throttled(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': 'ThrottlingException' });
  response.end(JSON.stringify({ message: 'Rate exceeded' }));
}
