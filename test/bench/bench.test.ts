import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from '../../bench/measure';
import { manyProjects } from '../../bench/projects';
import { benchCommand } from '../../bin/commands/bench';
import { loadConfig } from '../../lib/config/load';
import { TEMPLATES, temporaryProjects } from '../fixtures/project';

const work = mkdtempSync(join(tmpdir(), 'bench-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('a program that works longer takes more processor time, its children included', async () => {
  const busy = (milliseconds: number) =>
    `const end = Date.now() + ${milliseconds}; while (Date.now() < end);`;
  const child = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy(400))}])`;
  const timings = await measure(
    [
      { name: 'short', command: [process.execPath, '-e', busy(10)] },
      { name: 'a child works', command: [process.execPath, '-e', child] },
    ],
    { cwd: work, rounds: 1, say: () => undefined },
  );

  const [short, long] = timings;
  expect(long?.cpu).toBeGreaterThan(short?.cpu ?? Number.POSITIVE_INFINITY);
});

test('a program that fails is not timed but told, with its last words', async () => {
  const failing = { name: 'broken', command: [process.execPath, '-e', 'throw new Error("no")'] as const };

  await expect(
    measure([{ ...failing, command: [...failing.command] }], { cwd: work, rounds: 1, say: () => undefined }),
  ).rejects.toThrow(/broken ended with 1:[\s\S]*Error: no/);
});

test('many projects are made that all load, from one', () => {
  const one = temporaryProjects();
  const folder = manyProjects(one.folder, join(work, 'three'), 3);
  one.remove();

  const { projects } = loadConfig({ projects: folder, templates: TEMPLATES });
  expect(projects.map(({ name }) => name)).toEqual(['bench-1', 'bench-2', 'bench-3']);
});

test('a bench that is not there is refused with those that are', async () => {
  const command = benchCommand().exitOverride();
  command.configureOutput({ writeErr: () => undefined });

  await expect(command.parseAsync(['speed'], { from: 'user' })).rejects.toThrow(/synth, projects/);
});
