import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Buildspec } from '../../../rehearsal/delivery/build/buildspec';
import { exportedIn, failureIn, scriptOf } from '../../../rehearsal/delivery/build/shell';

const folder = mkdtempSync(join(tmpdir(), 'delivery-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));
let runs = 0;

/** Runs phases as a build does. */
function run(phases: Buildspec['phases'], exported: readonly string[] = []) {
  runs += 1;
  const files = { failures: join(folder, `failures-${runs}`), exported: join(folder, `exported-${runs}`) };
  const { status, stdout } = spawnSync('bash', ['-c', scriptOf({ phases, exported }, files)], {
    encoding: 'utf8',
    cwd: folder,
  });
  const text = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const printed = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('[Container]'));
  return {
    status,
    printed,
    failure: failureIn(text(files.failures)),
    exported: exportedIn(text(files.exported)),
  };
}

test('commands share one shell, over the phases', () => {
  const ran = run([
    { name: 'install', commands: ['A=1', 'cd /'] },
    { name: 'build', commands: ['echo "$A $PWD"'] },
  ]);
  expect(ran).toMatchObject({ status: 0, printed: ['1 /'], failure: undefined });
});

test('the first command that fails ends the build, and is named', () => {
  const ran = run([
    { name: 'pre_build', commands: ['echo one', '(exit 3)', 'echo two'] },
    { name: 'build', commands: ['echo three'] },
    { name: 'post_build', commands: ['echo four'] },
  ]);
  expect(ran.status).not.toBe(0);
  expect(ran.printed).toEqual(['one']);
  expect(ran.failure).toEqual({ phase: 'pre_build', sentence: '(exit 3) ended with 3 (phase pre_build)' });
});

test('post_build still runs after a build that failed, and is told', () => {
  const { printed, failure } = run([
    { name: 'build', commands: ['false'] },
    { name: 'post_build', commands: ['echo "$CODEBUILD_BUILD_SUCCEEDING"'] },
  ]);
  expect(printed).toEqual(['0']);
  expect(failure?.phase).toBe('build');
});

test('exported variables keep quotes, spaces and lines', () => {
  const { exported } = run(
    [{ name: 'build', commands: [`SUMMARY="it's \\"fine\\"\nor not" && export SUMMARY`] }],
    ['SUMMARY', 'ABSENT'],
  );
  expect(exported).toEqual({ SUMMARY: 'it\'s "fine"\nor not', ABSENT: '' });
});
