import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../../../operations/terminal/refusal';
import { lock } from '../../../workbench/lock/lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  writeFileSync(join(folder, 'requirements.in'), 'numpy\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Resolves as uv does, to a text that is given; keeps what it was asked and what it found as the present lock. */
function tools(result: string) {
  const directory = join(folder, 'work');
  mkdirSync(directory);
  const calls: string[][] = [];
  const present: string[] = [];
  return {
    calls,
    present,
    directory,
    python: { path: '/usr/bin/python3', version: '3.11.7' },
    async uv(...args: string[]) {
      calls.push(args);
      const output = args[args.indexOf('--output-file') + 1] ?? '';
      present.push(readdirSync(join(output, '..')).join());
      writeFileSync(output, result);
    },
  };
}

const PINNED = 'numpy==2.4.6 \\\n    --hash=sha256:aa\n    # via -r requirements.in\n';
const environment = (provides?: string[]) => ({ name: 'linear', folder, python: '3.11', provides });
const options = { upgrade: false, check: false };

test('writes the lock for all platforms, with hashes, for the declared Python', async () => {
  const uv = tools(PINNED);
  expect(await lock(environment(), { tools: uv, ...options })).toEqual(['requirements.lock']);
  expect(readFileSync(join(folder, 'requirements.lock'), 'utf8')).toBe(PINNED);
  expect(uv.calls[0]).toEqual(
    expect.arrayContaining([
      '--directory',
      folder,
      '--universal',
      '--generate-hashes',
      '--python-version',
      '3.11',
    ]),
  );
  expect(uv.calls[0]).not.toContain('--upgrade');
});

test('what is locked is shown to the resolver, and a lock that stays the same is no change', async () => {
  writeFileSync(join(folder, 'requirements.lock'), PINNED);
  const uv = tools(PINNED);
  expect(await lock(environment(), { tools: uv, ...options })).toEqual([]);
  expect(uv.present).toEqual(['requirements.lock']);
});

test('an environment on a base image gets a second lock of what comes on top', async () => {
  const uv = tools(`${PINNED}torch==2.9.1 \\\n    --hash=sha256:bb\n    # via -r requirements.in\n`);
  const changed = await lock(environment(['torch']), { tools: uv, ...options });
  expect(changed).toEqual(['requirements.lock', 'image.lock']);
  expect(readFileSync(join(folder, 'image.lock'), 'utf8')).not.toContain('torch==');
  expect(readFileSync(join(folder, 'requirements.lock'), 'utf8')).toContain('torch==');
});

test('a check names what would change and writes nothing', async () => {
  writeFileSync(join(folder, 'requirements.lock'), 'numpy==2.0.0\n');
  expect(await lock(environment(), { tools: tools(PINNED), upgrade: false, check: true })).toEqual([
    'requirements.lock',
  ]);
  expect(readFileSync(join(folder, 'requirements.lock'), 'utf8')).toBe('numpy==2.0.0\n');
});

test('nothing is left in the working folder, also when no versions go together', async () => {
  const uv = tools(PINNED);
  const failing = { ...uv, uv: async () => Promise.reject(new Refusal('uv pip compile failed')) };
  await expect(lock(environment(), { tools: failing, ...options })).rejects.toThrow('uv pip compile failed');
  expect(readdirSync(uv.directory)).toEqual([]);
});

test('requirements that are not there are named', async () => {
  rmSync(join(folder, 'requirements.in'));
  await expect(lock(environment(), { tools: tools(PINNED), ...options })).rejects.toThrow(
    /requirements\.in: there is no such file/,
  );
});

test('what replaces a requirement of a package is given to the resolver where there is such a file', async () => {
  const uv = tools(PINNED);
  await lock(environment(), { tools: uv, ...options });
  writeFileSync(join(folder, 'overrides.txt'), "huggingface-hub; sys_platform == 'never'\n");
  await lock(environment(), { tools: uv, ...options });
  expect(uv.calls.map((call) => call.includes('--override'))).toEqual([false, true]);
});
