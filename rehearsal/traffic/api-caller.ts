import { request } from 'node:https';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/** A consumer of the API: where it is and whose key signs. */
export interface Consumer {
  /** URL of `POST /v1/predictions`. */
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** PEM of the certificate that the emulator answers with. */
  readonly certificate: string;
}

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const TIMEOUT_MS = 30_000;

/**
 * Posts JSON to a path of the API as a CRM would: over HTTPS, signed with Signature Version 4.
 *
 * @param path path below the stage, such as `/v1/feedback`
 * @param signed `wrongly` signs with another secret; `not` sends no signature at all
 */
export function post(
  consumer: Consumer,
  path: string,
  body: unknown,
  signed: Signed = 'rightly',
): Promise<Reply> {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  return call(consumer, { method: 'POST', path, content, signed });
}

/** Gets a path of the API, signed like what is posted. */
export function get(consumer: Consumer, path: string, signed: Signed = 'rightly'): Promise<Reply> {
  return call(consumer, { method: 'GET', path, content: undefined, signed });
}

type Signed = 'rightly' | 'wrongly' | 'not';

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly content: string | undefined;
  readonly signed: Signed;
}

async function call(consumer: Consumer, { method, path, content, signed }: Call): Promise<Reply> {
  const url = new URL(consumer.url.replace(/\/v1\/predictions$/, path));
  const unsigned = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, ...(content !== undefined && { 'content-type': 'application/json' }) },
    ...(content !== undefined && { body: content }),
  };
  const { headers } = signed === 'not' ? unsigned : await signer(consumer, signed).sign(unsigned);
  return send(url, method, headers, content, consumer.certificate);
}

/** The API's word for requests that came too fast. */
const TOO_MANY = 429;

/** Each wait is longer than the one before, as those of the AWS SDKs are. */
const WAITS_MS = [100, 200, 400, 800, 1600, 3200];

/** The same, by a caller who keeps to the API's rate: one who is told to come back later does. */
export async function postInTurn(consumer: Consumer, path: string, body: unknown): Promise<Reply> {
  for (const wait of WAITS_MS) {
    const reply = await post(consumer, path, body);
    if (reply.status !== TOO_MANY) return reply;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return post(consumer, path, body);
}

function signer(consumer: Consumer, signed: 'rightly' | 'wrongly'): SignatureV4 {
  return new SignatureV4({
    service: 'execute-api',
    region: consumer.region,
    sha256: Sha256,
    credentials: {
      accessKeyId: consumer.accessKeyId,
      secretAccessKey: signed === 'rightly' ? consumer.secretAccessKey : 'not-the-secret-of-this-consumer',
    },
  });
}

function send(
  url: URL,
  method: Call['method'],
  headers: Record<string, string>,
  content: string | undefined,
  ca: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ca, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: parse(text) });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`${url.href}: no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on('error', reject);
    sent.end(content);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}
