import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Belongings } from '../../../rehearsal/processes/belongings';
import { startChild } from '../../../rehearsal/processes/child';
import { requireLoopback } from '../../../rehearsal/processes/loopback';
import { freePort, requirePort } from '../../../rehearsal/processes/ports';
import { untilReady } from '../../../rehearsal/processes/ready';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-processes-'));
const env = { PATH: process.env.PATH ?? '' };
afterAll(() => rmSync(folder, { recursive: true }));

test('a child that ignores SIGTERM is killed with what it started', async () => {
  const log = join(folder, 'stubborn.log');
  const child = shell('stubborn', "trap '' TERM; sleep 60 & echo $!; wait; sleep 60", log);
  const worker = Number(await eventually(() => child.tail()));
  await child.stop(0.1);
  expect((await child.exited).signal).toBe('SIGKILL');
  await eventually(() => !alive(worker));
});

test('a worker that outlives its parent is killed when the parent ends', async () => {
  const child = shell('parent', 'sleep 60 & echo $!', join(folder, 'parent.log'));
  expect((await child.exited).code).toBe(0);
  const worker = Number(child.tail());
  await eventually(() => !alive(worker));
});

test('output goes to the log and, line by line, to a listener', async () => {
  const lines: string[] = [];
  const log = join(folder, 'lines.log');
  const child = startChild({
    name: 'lines',
    command: '/bin/sh',
    args: ['-c', 'echo one; echo two >&2; exit 3'],
    env,
    log,
    onLine: (line) => lines.push(line),
  });
  expect((await child.exited).code).toBe(3);
  expect(lines.sort()).toEqual(['one', 'two']);
  expect(child.tail().split('\n').sort()).toEqual(['one', 'two']);
});

test('fails with the last lines of the log when a program ends before it is ready', async () => {
  const child = shell('server', 'echo no such model; exit 7', join(folder, 'server.log'));
  await expect(untilReady(child, async () => false, 5)).rejects.toThrow(
    /server ended with exit code 7; log: .*server\.log\nno such model/,
  );
});

test('fails and stops a program that never gets ready', async () => {
  const child = shell('mute server', 'sleep 60', join(folder, 'mute.log'));
  await expect(untilReady(child, async () => false, 0.2)).rejects.toThrow('did not answer within 0.2 s');
  expect(alive(child.pid)).toBe(false);
});

test('a program that does not exist ends with 127', async () => {
  const child = startChild({
    name: 'x',
    command: '/no/such',
    args: [],
    env,
    log: join(folder, 'x.log'),
  });
  expect((await child.exited).code).toBe(127);
});

test('belongings are released newest first, all of them, also when one fails', async () => {
  const order: string[] = [];
  const belongings = new Belongings();
  const path = belongings.folder(folder, 'run-');
  belongings.add('first', () => void order.push('first'));
  belongings.add('broken', () => {
    throw new Error('no');
  });
  belongings.add('last', () => void order.push('last'));
  await expect(belongings.release()).rejects.toThrow('broken could not be given back: Error: no');
  expect(order).toEqual(['last', 'first']);
  expect(existsSync(path)).toBe(false);
});

test('what is added after the release is given back at once', async () => {
  const belongings = new Belongings();
  await belongings.release();
  let released = false;
  belongings.add('late', () => {
    released = true;
  });
  await belongings.release();
  expect(released).toBe(true);
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '%s leaves no process and no temporary folder',
  async (signal) => {
    const script = join(folder, `main-${signal}.cjs`);
    // Bundled by the tool the project has, so that the test drives a real process with real signals.
    execFileSync(join('node_modules', '.bin', 'esbuild'), [
      join('test', 'rehearsal', 'processes', 'main.fixture.ts'),
      '--bundle',
      '--platform=node',
      '--log-level=error',
      `--outfile=${script}`,
    ]);
    const main = spawn(process.execPath, [script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((said) => main.stdout.once('data', (data) => said(String(data))));
    const { pid, path } = JSON.parse(line);
    expect(alive(pid) && existsSync(path)).toBe(true);
    main.kill(signal);
    await new Promise((ended) => main.once('close', ended));
    await eventually(() => !alive(pid) && !existsSync(path));
  },
);

test('fails in one line that names the port when a port is taken', async () => {
  const port = await freePort();
  await expect(requirePort(port, 'the emulator')).resolves.toBe(port);
  const server = createServer().listen(port, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  await expect(requirePort(port, 'the emulator')).rejects.toThrow(
    `port ${port} on 127.0.0.1, wanted for the emulator, is taken by another program`,
  );
  await new Promise((closed) => server.close(closed));
});

test('only endpoints on this machine pass', () => {
  expect(requireLoopback('https://127.0.0.1:4566', 'x')).toBe('https://127.0.0.1:4566');
  for (const other of [
    'https://sts.eu-west-1.amazonaws.com',
    'http://10.0.0.1',
    '127.0.0.1',
    'http://127.0.0.1.evil.com',
  ]) {
    expect(() => requireLoopback(other, 'the endpoint')).toThrow('which is not this machine');
  }
});

function shell(name: string, script: string, log: string) {
  return startChild({
    name,
    command: '/bin/sh',
    args: ['-c', script],
    env,
    log,
  });
}

function alive(pid: number): boolean {
  try {
    // A killed orphan stays a zombie until its adopter reaps it; it runs no more.
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.trim().startsWith('Z');
  } catch {
    return false;
  }
}

async function eventually<T>(look: () => T): Promise<T> {
  for (let left = 100; left > 0; left--) {
    const seen = look();
    if (seen) return seen;
    await new Promise((next) => setTimeout(next, 30));
  }
  throw new Error('did not happen within 3 s');
}
