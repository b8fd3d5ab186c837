import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Refusal } from '../../../operations/terminal/refusal';
import type { Label, Sent } from '../../../workbench/label/api';
import { type LabelPage, serveLabels } from '../../../workbench/label/server';
import { answered, unsure } from './rows';

const PAGE = readFileSync(join(__dirname, '../../../workbench/label/page.html'), 'utf8');
const LABELLING = {
  project: 'mail',
  environment: 'dev',
  targets: ['topic', 'mood'],
  rows: [
    {
      ...answered('a', '<script>alert(1)</script>', { topic: unsure('billing') }),
      asked: { topic: 'abstained' as const },
    },
  ],
  classes: { topic: ['billing', 'returns'], mood: ['good', 'bad'] },
  newClasses: false,
};

let sent: Label[];
let stored: string[];
let outcome: () => Promise<Sent>;
let page: LabelPage;

beforeEach(async () => {
  sent = [];
  stored = [];
  outcome = async () => ({ stored: ['a'], refused: [] });
  page = await serve(false);
});
afterEach(() => page.close());

const serve = (newClasses: boolean) =>
  serveLabels(
    { ...LABELLING, newClasses },
    {
      send: async (labels) => {
        sent.push(...labels);
        return outcome();
      },
    },
    PAGE,
    (id) => stored.push(id),
  );

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request with exactly these headers, which fetch would not let us send. */
function get(path: string, headers: Record<string, string> = {}, body?: string): Promise<Got> {
  const url = new URL(path, page.url);
  return new Promise((resolve, reject) => {
    const call = request(url, { method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Opens the page as a browser does; its cookie. */
async function opened(): Promise<{ cookie: string; origin: string }> {
  const { headers } = await get(page.url);
  return { cookie: String(headers['set-cookie']).split(';')[0] ?? '', origin: new URL(page.url).origin };
}

const label = (values: object, id = 'a') => JSON.stringify({ id, values });

test('listens on this machine only', () => {
  expect(new URL(page.url).hostname).toBe('127.0.0.1');
});

test.each(['/', '/rows', '/?token=wrong', '/?token='])('%s without the token shows nothing', async (path) => {
  const { status, text } = await get(path);
  expect(status).toBe(403);
  expect(text).not.toContain('alert(1)');
  expect(text).toContain('Run npm run label again');
});

test('no label is taken without the cookie', async () => {
  const { origin } = new URL(page.url);
  expect((await get('/labels', { origin }, label({ topic: 'returns' }))).status).toBe(403);
  expect(sent).toEqual([]);
});

test('the token opens the page once and becomes a cookie that no script reads', async () => {
  const first = await get(page.url);
  expect([first.status, first.headers.location]).toEqual([303, '/']);
  expect(String(first.headers['set-cookie'])).toMatch(
    /^label-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
  );
  expect((await get(page.url)).status).toBe(403);
});

test('the page loads nothing from elsewhere and runs its own script only', async () => {
  const { cookie } = await opened();
  const { text, headers } = await get('/', { cookie });
  const policy = String(headers['content-security-policy']);
  const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1];
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'nonce-[\w-]+'; script-src 'nonce-[\w-]+'; connect-src 'self'; /,
  );
  expect(text).toContain(`<script nonce="${nonce}">`);
  expect(text).not.toContain('{{');
  expect(text).not.toMatch(/(src|href)=|https?:|\son\w+=|style="/);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  // Rows come as data, so that what a mail holds is never markup.
  expect(text).not.toContain('alert(1)');
  expect(JSON.parse((await get('/rows', { cookie })).text)).toEqual({ ...LABELLING });
});

test('a label is sent at once and remembered', async () => {
  const session = await opened();
  const { status } = await get('/labels', session, label({ topic: 'returns' }));
  expect({ status, sent, stored }).toEqual({
    status: 200,
    sent: [{ id: 'a', values: { topic: 'returns' } }],
    stored: ['a'],
  });
});

test('a request of another page, or to another name of this machine, is refused', async () => {
  const session = await opened();
  const body = label({ topic: 'returns' });
  expect((await get('/labels', { ...session, origin: 'https://evil.example' }, body)).status).toBe(403);
  expect((await get('/labels', { cookie: session.cookie }, body)).status).toBe(403);
  expect((await get('/rows', { ...session, host: 'evil.example' })).status).toBe(403);
  expect(sent).toEqual([]);
});

test.each([
  ['{', 'give id and values'],
  [label({}), 'no value'],
  [label({ topic: ' ' }), 'give id and values'],
  [label({ topic: 'returns' }, 'b'), 'no such row'],
  [label({ colour: 'red' }), 'colour is no target'],
  [label({ topic: 'fax' }), 'fax is no class of topic: run the command with --new-classes to name others'],
  [label({ topic: 'x'.repeat(70_000) }), 'give id and values'],
])('%.40s is not sent', async (body, error) => {
  const { status, text } = await get('/labels', await opened(), body);
  expect([status, JSON.parse(text).error, sent]).toEqual([400, error, []]);
});

test('a new class is sent where new ones are allowed', async () => {
  page.close();
  page = await serve(true);
  expect((await get('/labels', await opened(), label({ topic: 'fax' }))).status).toBe(200);
  expect(sent).toEqual([{ id: 'a', values: { topic: 'fax' } }]);
});

test.each([
  [async () => ({ stored: [], refused: [{ id: 'a', reason: 'too old' }] }), 409, 'too old'],
  [() => Promise.reject(new Refusal('the API refused')), 502, 'the API refused'],
  [() => Promise.reject(new Error('odd')), 502, 'odd'],
])('what was not stored is said and not remembered', async (given, status, error) => {
  outcome = given;
  const got = await get('/labels', await opened(), label({ topic: 'returns' }));
  expect([got.status, JSON.parse(got.text).error, stored]).toEqual([status, error, []]);
});

test('the person ends it', async () => {
  const session = await opened();
  expect((await get('/end', session, '{}')).status).toBe(200);
  await page.ended;
  await expect(get('/')).rejects.toThrow(/ECONNREFUSED/);
});
