import { spawn } from 'node:child_process';

/** Waits on its input; a line means "dismissed", the end of the input means that this process died. */
const WATCH = 'if ! read -r _; then shift; "$@"; fi';

/**
 * Undoes something if this process dies without cleaning up, even by SIGKILL: a shell waits on a pipe that only
 * this process holds open, and acts when it closes. No exit handler of Node can do that.
 *
 * @returns a function that dismisses the guard
 */
function guard(...command: string[]): () => void {
  const shell = spawn('/bin/sh', ['-c', WATCH, 'sh', 'guard', ...command], {
    // Its own group: Ctrl-C in the terminal must not end the guard before its ward.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.unref();
  const input: unknown = shell.stdin;
  if (input && typeof input === 'object' && 'unref' in input && typeof input.unref === 'function') {
    input.unref();
  }
  shell.stdin.on('error', () => undefined);
  return () => shell.stdin.end('dismissed\n');
}

/** Kills the process group `group` if this process dies first. */
export const guardProcesses = (group: number): (() => void) => guard('kill', '-KILL', `-${group}`);

/** Removes `folder` if this process dies first; a moment later than processes, which may still write into it. */
export const guardFolder = (folder: string): (() => void) =>
  guard('/bin/sh', '-c', 'sleep 0.5; exec rm -rf -- "$0"', folder);
