import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, denied, messageOf } from './errors';
import { type Answer, MAX_BODY } from './runtime';
import type { Fields } from './service-model';
import type { World } from './world';

/** Passes a body to an endpoint. */
type Invoke = (endpoint: string, body: Buffer) => Promise<Answer>;

/** Answers one request of either protocol: awsJson for the control plane, restJson for the runtime. */
export async function respond(
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
    const caller = callerOf(request);
    if (endpoint && request.method === 'POST') {
      const name = decodeURIComponent(endpoint);
      const question = {
        caller,
        action: 'sagemaker:InvokeEndpoint',
        resource: world.arn('endpoint', name.toLowerCase()),
      };
      const denial = await world.options.authorize?.(question);
      if (denial) throw denied(denial);
      const answer = await invokeEndpoint(name, body);
      return send(response, 200, answer.headers, answer.body);
    }
    const [, service, operation] = /^(SageMaker|AnyScaleFrontendService)\.(\w+)$/.exec(target) ?? [];
    if (!operation)
      throw new AwsError(
        'UnknownOperationException',
        `no operation at ${request.method} ${request.url} ${target}`,
        404,
      );
    const perform = service === 'SageMaker' ? world.call : world.scale;
    const output = await perform(operation, parse(body), caller);
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

/** A function says which it is in its User-Agent; of anybody else only the access key is known. */
function callerOf({ headers }: IncomingMessage): string | undefined {
  const app = /\bapp\/(\S+)/.exec(String(headers['user-agent'] ?? ''))?.[1];
  if (app) return `app/${app}`;
  const key = /\bCredential=([^/,]+)\//.exec(headers.authorization ?? '')?.[1];
  return key && `key/${key}`;
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
