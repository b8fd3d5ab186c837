import { type IncomingHttpHeaders, request as plain } from 'node:http';
import { type Agent, request as secure } from 'node:https';

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Headers that are about one connection and not about the request. */
const HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect'];

/** Hands a request on as it is, with the host it was signed for, and waits for the reply. */
export function forward(
  incoming: Incoming,
  endpoint: string,
  options: { readonly agent?: Agent; readonly userAgent?: string } = {},
): Promise<Reply> {
  const url = new URL(incoming.path, endpoint);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !HOP.includes(name)),
  );
  const settings = {
    method: incoming.method,
    headers: {
      ...headers,
      ...(options.userAgent && { 'user-agent': options.userAgent }),
      'content-length': String(incoming.body.length),
    },
  };
  return new Promise((resolve, reject) => {
    const onward =
      url.protocol === 'https:' ? secure(url, { ...settings, agent: options.agent }) : plain(url, settings);
    onward.on('error', reject);
    onward.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const kept = Object.entries(response.headers).filter(([name]) => !HOP.includes(name));
        resolve({
          status: response.statusCode ?? 502,
          headers: Object.fromEntries(kept),
          body: Buffer.concat(chunks),
        });
      });
    });
    onward.end(incoming.body);
  });
}
