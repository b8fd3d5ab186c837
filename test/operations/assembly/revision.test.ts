import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedFiles, checkOut, commitOf } from '../../../operations/assembly/revision';
import { Refusal } from '../../../operations/terminal/refusal';

const folder = mkdtempSync(join(tmpdir(), 'mlops-revision-'));
const root = join(folder, 'repository/template');
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};
const checkout = { root, env };
const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { env, encoding: 'utf8' });

beforeAll(() => {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  mkdirSync(join(root, 'node_modules/yaml'));
  writeFileSync(join(root, 'node_modules/yaml/index.js'), '');
  writeFileSync(join(root, '.gitignore'), 'node_modules/\n');
  writeFileSync(join(root, 'file.txt'), 'before\n');
  git('init', '--quiet', join(folder, 'repository'));
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  writeFileSync(join(root, 'file.txt'), 'after\n');
  writeFileSync(join(root, 'new name.txt'), 'new\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a revision is copied with the packages that are here, and git knows nothing of it', () => {
  const into = mkdtempSync(join(folder, 'copy-'));
  const copy = checkOut(checkout, 'HEAD', into);

  expect(readFileSync(join(copy, 'file.txt'), 'utf8')).toBe('before\n');
  expect(existsSync(join(copy, 'node_modules/yaml/index.js'))).toBe(true);
  expect(readdirSync(join(copy, 'node_modules'))).toEqual(['yaml']);
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(git('status', '--porcelain')).toBe(' M template/file.txt\n?? "template/new name.txt"\n');
});

test('changed are files that differ and files that are new', () => {
  expect(changedFiles(checkout, 'HEAD')).toEqual(['file.txt', 'new name.txt']);
});

test.each(['nothing', '--output=x', 'HEAD~9'])('%s is refused with what is allowed', (revision) => {
  expect(() => commitOf(checkout, revision)).toThrow(Refusal);
  expect(() => commitOf(checkout, revision)).toThrow('is no commit of this repository · allowed: a branch');
});
