import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { requireDisk } from '../../../rehearsal/environments/disk';
import { environment } from '../../../rehearsal/environments/environment';
import { exclusively } from '../../../rehearsal/environments/lock-file';
import { findPython, pythonDiffers } from '../../../rehearsal/environments/python';
import { sizeOf } from '../../../rehearsal/environments/size';
import type { Tooling } from '../../../rehearsal/environments/tooling';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-environments-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the first Python that fits is taken', async () => {
  const env = machine({ python3: '3.9.18', 'python3.13': '3.13.0' });
  await expect(findPython(env)).resolves.toEqual({ path: '/usr/bin/python3.13', version: '3.13.0' });
});

test.each([
  ['there is no Python', {}, 'python3 was not found on PATH; install Python 3.11 to 3.14'],
  ['Python is too old', { python3: '3.10.2' }, 'Python 3.10.2 (/usr/bin/python3) is too old'],
  ['Python is too new', { python3: '3.15.0' }, 'Python 3.15.0 (/usr/bin/python3) is too new'],
  ['the venv module is missing', { python3: '3.12.1 without venv' }, 'apt-get install python3.12-venv'],
])('fails in one line when %s', async (_, installed, message) => {
  const failure: Error = await findPython(machine(installed)).then(
    () => new Error('found one'),
    (error) => error,
  );
  expect(failure.message).toContain(message);
  expect(failure.message).not.toContain('\n');
});

test('another Python than the one in AWS is reported', () => {
  expect(pythonDiffers('3.11', '3.13.0')).toContain('Python 3.13.0 on this machine, 3.11 in AWS');
  expect(pythonDiffers('3.11', '3.11.7')).toBeUndefined();
});

test('fails in one line when the disk is full', async () => {
  await expect(requireDisk(folder, 0)).resolves.toBeUndefined();
  await expect(requireDisk(folder, 1e18)).rejects.toThrow(/GB free, 1000000000\.0 GB are needed; make room/);
});

test('an environment is made once for a lock and an interpreter', async () => {
  const lock = join(folder, 'requirements.lock');
  writeFileSync(lock, 'numpy==2.4.6\n');
  const calls: string[] = [];
  const tools = fakeTooling('3.11.7', calls);
  const request = { name: 'linear', lock };
  await expect(environment(request, tools)).resolves.toMatchObject({ made: true, version: '3.11.7' });
  await expect(environment(request, tools)).resolves.toMatchObject({ made: false });
  expect(calls).toEqual(['venv', 'pip sync']);

  writeFileSync(lock, 'numpy==2.4.7\n');
  await expect(environment(request, tools)).resolves.toMatchObject({ made: true });
  await expect(environment(request, fakeTooling('3.12.1', calls))).resolves.toMatchObject({ made: true });
  expect(existsSync(join(folder, 'environments', 'linear.lock'))).toBe(false);
});

test('before gigabytes are fetched a person is told, and the disk is asked for as many', async () => {
  const lock = join(folder, 'large.lock');
  writeFileSync(lock, 'numpy==2.4.6\ntorch==2.9.0 \\\n    --hash=sha256:00\n');
  const said: string[] = [];
  const make = () =>
    environment({ name: 'large', lock }, fakeTooling('3.11.7', []), (what) => said.push(what));

  await make();
  await make();

  expect(sizeOf(lock).room).toBeGreaterThan(5.3e9);
  expect(said).toEqual([
    `making the Python environment large: up to 10 GB in ${folder}, minutes, and only once`,
  ]);
});

test('an environment whose making failed is made again', async () => {
  const lock = join(folder, 'broken.lock');
  writeFileSync(lock, 'numpy==2.4.6\n');
  const failing: Tooling = { ...fakeTooling('3.11.7', []), uv: () => Promise.reject(new Error('no wheel')) };
  await expect(environment({ name: 'broken', lock }, failing)).rejects.toThrow('no wheel');
  const made = environment({ name: 'broken', lock }, fakeTooling('3.11.7', []));
  await expect(made).resolves.toMatchObject({ made: true });
});

test('two at once take turns, and the lock of a dead process is taken over', async () => {
  const file = join(folder, 'turns.lock');
  writeFileSync(file, '999999999');
  const seen: string[] = [];
  const turn = (name: string) =>
    exclusively(file, async () => {
      seen.push(`${name} in`);
      await new Promise((next) => setTimeout(next, 20));
      seen.push(`${name} out`);
    });
  await Promise.all([turn('a'), turn('b')]);
  const first = seen[0]?.startsWith('a') ? ['a', 'b'] : ['b', 'a'];
  expect(seen).toEqual(first.flatMap((name) => [`${name} in`, `${name} out`]));
});

/** A PATH on which these names answer as Pythons of these versions. */
function machine(installed: Record<string, string>): NodeJS.ProcessEnv {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const [name, described] of Object.entries(installed)) {
    const [version] = described.split(' ');
    const answer = { path: `/usr/bin/${name}`, version, venv: !described.includes('without venv') };
    writeFileSync(join(bin, name), `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { PATH: [bin].join(delimiter) };
}

function fakeTooling(version: string, calls: string[]): Tooling {
  return {
    python: { path: '/usr/bin/python3', version },
    directory: folder,
    async uv(...args) {
      calls.push(args[0] === 'pip' ? 'pip sync' : String(args[0]));
      for (const name of ['linear', 'broken', 'large'])
        mkdirSync(join(folder, 'environments', name), { recursive: true });
    },
  };
}
