import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** What a function behind API Gateway's proxy integration reads of its event. */
export type HttpEvent = Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'> & {
  readonly requestContext: Pick<APIGatewayProxyEvent['requestContext'], 'requestId'>;
};

/** One thing wrong with a request: where, and what is given, allowed and to be done. */
export interface Fault {
  /** Path in the body, `input.subject`; none when the body as a whole is wrong. */
  readonly field?: string;
  readonly message: string;
}

/** A request that can never succeed as it is; the edge turns it into its status and all of its faults. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  constructor(
    readonly status: 400 | 404 | 413,
    readonly code: string,
    readonly faults: readonly Fault[],
  ) {
    super(faults.map(({ message }) => message).join('; '));
  }

  /** The reply's body. `message` names every fault, `field` the first that has one. */
  body() {
    return {
      error: {
        code: this.code,
        message: this.message,
        field: this.faults.find((fault) => fault.field)?.field,
      },
    };
  }
}

/**
 * Reads the JSON body of a request.
 *
 * The functions do this themselves although API Gateway can validate too: they must not depend on a setting
 * of another service for what they write to a model or a bucket.
 *
 * @param maxBytes counted after base64 decoding
 * @throws RequestRefused 413 naming size and limit, or 400; never with a piece of the body in it
 */
export function readJson(event: HttpEvent, maxBytes: number): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.byteLength > maxBytes) {
    const message = `the body has ${bytes.byteLength} bytes, the limit is ${maxBytes}: shorten its texts or send less at once`;
    throw new RequestRefused(413, 'body_too_large', [{ message }]);
  }
  if (bytes.byteLength === 0) throw notJson('the body is empty');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own message quotes the body, and bodies are customers' documents.
    throw notJson('the body is not valid JSON in UTF-8');
  }
}

/** A reply of API Gateway's proxy integration; nothing between the function and the caller may keep it. */
export function reply(
  status: number,
  requestId: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** An object as JSON means it: no array, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is called in a message to the caller, who must not read the value itself in it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

/** The caller's own name of a request: what it may consist of, in words for a message. */
export const REFERENCE_RULE = '1 to 128 letters, digits or any of . _ : / -';

export function isReference(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._:/-]{1,128}$/.test(value);
}

function notJson(what: string): RequestRefused {
  return new RequestRefused(400, 'invalid_json', [{ message: `${what}: send a JSON object` }]);
}
