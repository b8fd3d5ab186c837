import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../../../operations/terminal/refusal';
import { cleanCopy } from '../../../rehearsal/delivery/build/source';

const folder = mkdtempSync(join(tmpdir(), 'delivery-source-'));
const root = join(folder, 'root');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=author@example.com', ...args]);
  mkdirSync(join(root, 'projects'), { recursive: true });
  for (const [name, text] of [
    ['.gitignore', 'ignored\n'],
    ['tracked', 'one'],
    ['deleted', ''],
    ['projects/platform.yaml', 'theirs'],
  ] as const)
    writeFileSync(join(root, name), text);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'feat: all');
  rmSync(join(root, 'deleted'));
  writeFileSync(join(root, 'tracked'), 'two');
  for (const name of ['ignored', 'untracked']) writeFileSync(join(root, name), '');
});

test('holds what a commit of the working tree would, and names the commit and its author', () => {
  const target = join(folder, 'copy');
  const revision = cleanCopy(root, join(root, 'projects'), target);
  expect(readFileSync(join(target, 'tracked'), 'utf8')).toBe('two');
  expect(
    ['untracked', 'ignored', 'deleted', '.git'].filter((name) => existsSync(join(target, name))),
  ).toEqual(['untracked']);
  expect(revision).toEqual({
    folder: target,
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    author: 'author@example.com',
    message: 'feat: all',
  });
});

test('another folder of projects takes the place of projects/', () => {
  const projects = join(folder, 'others');
  mkdirSync(projects);
  writeFileSync(join(projects, 'platform.yaml'), 'ours');
  const { folder: copy } = cleanCopy(root, projects, join(folder, 'second'));
  expect(readFileSync(join(copy, 'projects', 'platform.yaml'), 'utf8')).toBe('ours');
});

test('fails outside git, and says what to do', () => {
  const outside = mkdtempSync(join(tmpdir(), 'delivery-no-git-'));
  try {
    expect(() => cleanCopy(outside, join(outside, 'projects'), join(folder, 'third'))).toThrow(Refusal);
    expect(() => cleanCopy(outside, join(outside, 'projects'), join(folder, 'third'))).toThrow('git init');
  } finally {
    rmSync(outside, { recursive: true });
  }
});
