import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { Refusal } from '../../operations/terminal/refusal';
import type { LabelApi } from './api';
import type { ToLabel } from './pick';

/** What the page shows. */
export interface Labelling {
  readonly project: string;
  readonly environment: string;
  readonly targets: readonly string[];
  readonly rows: readonly ToLabel[];
  /** By target, those that can be chosen. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  /** Whether a class that nobody knows yet can be named. */
  readonly newClasses: boolean;
}

/** The page while it is being served. */
export interface LabelPage {
  /** Opens it, once: the token in it is good for one browser. */
  readonly url: string;
  /** Comes when the person ends it, when nobody asked for an hour, or when `close` is called. */
  readonly ended: Promise<void>;
  close(): void;
}

/** A page that nobody looks at must not show mails to whoever comes by. */
const IDLE_MS = 60 * 60 * 1000;
const MAX_BODY_BYTES = 64 * 1024;

const LABEL = z.strictObject({
  id: z.string(),
  values: z.record(z.string(), z.string().trim().min(1).max(256)),
});

/**
 * Serves the page on this machine only, and sends each label at once.
 *
 *     URL with token → cookie, token void → page → rows · labels → the deployed API
 *
 * Whoever has neither token nor cookie, asks under another host name or from another page is refused.
 *
 * @param html the page, with `{{nonce}}` where its style and script say theirs
 * @param onStored hears the id of each label that is stored
 */
export async function serveLabels(
  labelling: Labelling,
  api: Pick<LabelApi, 'send'>,
  html: string,
  onStored: (id: string) => void,
): Promise<LabelPage> {
  const token = randomBytes(24).toString('base64url');
  const session = randomBytes(24).toString('base64url');
  let tokenIsNew = true;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const idle = setTimeout(() => close(), IDLE_MS);
  const server = createServer((request, response) => {
    idle.refresh();
    answer(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (!response.headersSent) reply(response, 502, { error: message });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  // Cookies know no port: another command's page must not take this one's.
  const cookie = `label-${port}`;
  return { url: `${origin}/?token=${token}`, ended, close };

  function close(): void {
    clearTimeout(idle);
    server.close();
    server.closeIdleConnections();
    end();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', origin);
    // A name that somebody made lead to this machine is not the address we gave.
    if (request.headers.host !== `127.0.0.1:${port}`) return reply(response, 403, { error: 'wrong host' });
    const given = searchParams.get('token');
    if (request.method === 'GET' && pathname === '/' && given !== null) {
      if (!tokenIsNew || !same(given, token)) return refuse(response);
      tokenIsNew = false;
      response.setHeader('Set-Cookie', `${cookie}=${session}; HttpOnly; SameSite=Strict; Path=/`);
      response.setHeader('Location', '/');
      return reply(response, 303, {});
    }
    if (!same(cookieOf(request, cookie), session)) return refuse(response);
    if (request.method === 'GET' && pathname === '/') return page(response);
    if (request.method === 'GET' && pathname === '/rows') return reply(response, 200, labelling);
    if (request.method !== 'POST') return reply(response, 404, { error: 'not here' });
    if (request.headers.origin !== origin) return reply(response, 403, { error: 'another page' });
    if (pathname === '/end') {
      reply(response, 200, {});
      return close();
    }
    if (pathname === '/labels') return label(response, await bodyOf(request));
    return reply(response, 404, { error: 'not here' });
  }

  function page(response: ServerResponse): void {
    const nonce = randomBytes(16).toString('base64url');
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    send(response, 200, 'text/html; charset=utf-8', html.replaceAll('{{nonce}}', nonce));
  }

  async function label(response: ServerResponse, body: string | undefined): Promise<void> {
    const { success, data } = LABEL.safeParse(parsed(body));
    const problem = success ? problemWith(data, labelling) : 'give id and values';
    if (!success || problem !== undefined) return reply(response, 400, { error: problem });
    try {
      const { stored, refused } = await api.send([data]);
      if (stored.length === 0) return reply(response, 409, { error: refused[0]?.reason ?? 'not stored' });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return reply(response, 502, { error: error.message });
    }
    onStored(data.id);
    return reply(response, 200, {});
  }
}

function problemWith(
  { id, values }: z.infer<typeof LABEL>,
  { rows, targets, classes, newClasses }: Labelling,
): string | undefined {
  if (!rows.some((row) => row.id === id)) return 'no such row';
  const entries = Object.entries(values);
  if (entries.length === 0) return 'no value';
  for (const [target, value] of entries) {
    if (!targets.includes(target)) return `${target} is no target`;
    if (!newClasses && !classes[target]?.includes(value)) {
      return `${value} is no class of ${target}: run the command with --new-classes to name others`;
    }
  }
  return undefined;
}

function refuse(response: ServerResponse): void {
  const text =
    'This address was opened already, or is not the one that the command printed. Run npm run label again.\n';
  send(response, 403, 'text/plain; charset=utf-8', text);
}

function reply(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': 'same-origin',
    // Stricter would make the browser hide where our own page's requests come from.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  response.end(text);
}

function same(given: string | undefined, secret: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const found = headers.cookie?.split('; ').find((each) => each.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
