import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { Door } from './door';
import { endpointConfigs } from './endpoint-configs';
import { endpoints } from './endpoints';
import { AwsError, denied, messageOf } from './errors';
import { processingJobs } from './jobs/processing';
import { interpreterOf } from './jobs/run';
import { trainingJobs } from './jobs/training';
import { models } from './models';
import type { LocalSageMaker, LocalSageMakerOptions } from './options';
import { pipelines } from './pipelines';
import { Processes } from './processes';
import { registry } from './registry';
import { invoke, MAX_BODY } from './runtime';
import { type Fields, ServiceModel } from './service-model';
import { tagging } from './tags';
import type { World } from './world';

export type {
  AwsEvent,
  LocalSageMaker,
  LocalSageMakerOptions,
  ObjectStore,
  PermissionQuestion,
} from './options';

/** Longest that stopping waits for work that is under way, in milliseconds. */
const STOP_MS = 10_000;

/**
 * Starts SageMaker's control plane and runtime on a loopback port of this process.
 *
 * @throws when the port is taken, or the service model cannot be read
 */
export async function startLocalSageMaker(options: LocalSageMakerOptions): Promise<LocalSageMaker> {
  mkdirSync(options.directory, { recursive: true });
  const door = new Door(ServiceModel.load(options.serviceModel));
  const processes = new Processes(path.join(options.directory, 'logs'));
  const closing = new AbortController();
  const background = new Map<string, Promise<void>>();
  const world: World = {
    options,
    processes,
    tags: new Map(),
    arn: (kind, name) => `arn:aws:sagemaker:${options.region}:${options.account}:${kind}/${name}`,
    call: (operation, input, caller) => door.call(world, operation, input, caller),
    look: (operation, input) => door.look(operation, input),
    emit: (detailType, resources, detail) =>
      options.emit({
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source: 'aws.sagemaker',
        account: options.account,
        time: `${new Date().toISOString().slice(0, 19)}Z`,
        region: options.region,
        resources,
        // What is undefined here is absent on the wire.
        detail: JSON.parse(JSON.stringify(detail)),
      }),
    background: (arn, work) => {
      const done = work().catch((error) =>
        options.log(`${arn}: ${error instanceof Error ? error.stack : error}`),
      );
      background.set(arn, done);
      void done.finally(() => background.get(arn) === done && background.delete(arn));
    },
    settled: async (arn) => background.get(arn),
    closing: closing.signal,
  };
  const hosting = endpoints(world);
  door.open({
    ...tagging(world),
    ...registry(world),
    ...models(world),
    ...endpointConfigs(world),
    ...hosting.handlers,
    ...processingJobs(world),
    ...trainingJobs(world),
    ...pipelines(world),
  });

  const server = createServer((request, response) => {
    const answered = respond(request, response, world, (name, body) =>
      invoke(world, hosting.known, name, request.headers, body),
    );
    answered.catch((error) => options.log(`local SageMaker: ${messageOf(error)}`));
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    warm: (image, folder) => processes.warm(interpreterOf(world, image), folder),
    flushCapture: async () => {
      await Promise.all([...hosting.known.values()].map(({ fleet }) => fleet?.flush()));
    },
    stop: async () => {
      closing.abort();
      server.closeAllConnections();
      const closed = new Promise((done) => server.close(done));
      await Promise.all([...hosting.known.values()].map(({ fleet }) => fleet?.flush()));
      await processes.stop();
      await Promise.race([
        Promise.allSettled(background.values()),
        new Promise((done) => setTimeout(done, STOP_MS).unref()),
      ]);
      await closed;
    },
  };
}

type Invoke = (
  endpoint: string,
  body: Buffer,
) => Promise<{ headers: Readonly<Record<string, string>>; body: Buffer }>;

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  world: World,
  invokeEndpoint: Invoke,
): Promise<void> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const endpoint = /^\/endpoints\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1];
  try {
    assertLocal(request);
    const body = await bodyOf(request);
    const caller = /\bapp\/(\S+)/.exec(String(request.headers['user-agent'] ?? ''))?.[1];
    const app = caller && `app/${caller}`;
    if (endpoint && request.method === 'POST') {
      const name = decodeURIComponent(endpoint);
      const question = {
        caller: app,
        action: 'sagemaker:InvokeEndpoint',
        resource: world.arn('endpoint', name.toLowerCase()),
      };
      const denial = await world.options.authorize?.(question);
      if (denial) throw denied(denial);
      const answer = await invokeEndpoint(name, body);
      return send(response, 200, answer.headers, answer.body);
    }
    const operation = /^SageMaker\.(\w+)$/.exec(target)?.[1];
    if (!operation)
      throw new AwsError(
        'UnknownOperationException',
        `no operation at ${request.method} ${request.url} ${target}`,
        404,
      );
    const output = await world.call(operation, parse(body), app);
    send(response, 200, { 'content-type': 'application/x-amz-json-1.1' }, JSON.stringify(output));
  } catch (error) {
    if (!(error instanceof AwsError))
      world.options.log(
        `local SageMaker, ${target || request.url}: ${error instanceof Error ? error.stack : error}`,
      );
    const known = error instanceof AwsError ? error : new AwsError('InternalFailure', messageOf(error), 500);
    const runtime = endpoint !== undefined;
    const text = JSON.stringify(
      runtime
        ? { code: known.code, Message: known.message, ...known.fields }
        : { __type: known.code, message: known.message, ...known.fields },
    );
    const type = runtime ? 'application/json' : 'application/x-amz-json-1.1';
    send(response, known.status, { 'content-type': type, 'x-amzn-errortype': known.code }, text);
  }
}

/** The socket is bound to loopback; a page in a browser could still be made to call it under another name. */
function assertLocal(request: IncomingMessage): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(host)) {
    throw new AwsError('AccessDeniedException', `this server answers on loopback only, not as ${host}`);
  }
  if (!request.headers.authorization)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Counted on, so that the connection is not cut before the answer; only what could be answered is kept.
    if (size <= MAX_BODY + 1) chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (size > MAX_BODY)
    throw new AwsError(
      'ValidationError',
      `Body must have length less than or equal to ${MAX_BODY}, got ${size}`,
    );
  return body;
}

function parse(body: Buffer): Fields {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer | string,
): void {
  response.writeHead(status, {
    'x-amzn-requestid': randomUUID(),
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken; stop what uses it, or leave the port out for a free one`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
