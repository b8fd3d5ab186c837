import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runningOf } from './running';

/** Root of the repository; the command line is started from there, as by npm. */
export const ROOT = resolve(__dirname, '../../..');

export interface Ended {
  /** Exit code; -1 when a signal ended it. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

/** The command line, as a person runs it. */
export interface Command {
  readonly ended: Promise<Ended>;
  /** Waits until its output, standard or error, has this text. @throws when it ends before */
  shows(text: string): Promise<string>;
  /** Ctrl-C: the terminal signals the whole foreground group. */
  interrupt(): void;
  /** Processes and folders of its run that there are now. */
  belongings(): string[];
  /** What it left behind of those, after a moment for what is just about to go. */
  leftovers(): Promise<string[]>;
}

/** How long a guard of the command may still take to see that it was dismissed. */
const GOING_MS = 3_000;

/**
 * Starts `node bin/run.cjs mlops <args>` in a process group of its own.
 *
 * @param env variables beside those of this process
 */
export function mlops(args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const started = Date.now();
  const child = spawn(process.execPath, [join('bin', 'run.cjs'), 'mlops', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  const listeners = new Set<() => void>();
  for (const name of ['out', 'err'] as const) {
    child[name === 'out' ? 'stdout' : 'stderr']?.on('data', (chunk: Buffer) => {
      output[name] += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) =>
      done({ code: code ?? -1, ...output, seconds: (Date.now() - started) / 1000 }),
    );
  });
  return {
    ended,
    shows: (text) =>
      new Promise((found, failed) => {
        const look = () => {
          if (!`${output.out}\n${output.err}`.includes(text)) return;
          listeners.delete(look);
          found(output.out);
        };
        listeners.add(look);
        look();
        void ended.then(({ code, out, err }) =>
          failed(new Error(`it ended with ${code} and did not show "${text}":\n${out}\n${err}`)),
        );
      }),
    interrupt: () => signal(child, 'SIGINT'),
    belongings: () => belongingsOf(child.pid ?? 0),
    async leftovers() {
      const until = Date.now() + GOING_MS;
      for (;;) {
        const left = belongingsOf(child.pid ?? 0);
        if (left.length === 0 || Date.now() > until) return left;
        await new Promise((next) => setTimeout(next, 100));
      }
    },
  };
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) throw new Error('the command was not started');
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, name);
}

/** Processes and folders that carry the command's number. */
function belongingsOf(pid: number): string[] {
  const folders = existsSync(join(ROOT, '.rehearsal')) ? readdirSync(join(ROOT, '.rehearsal')) : [];
  return [
    ...folders.filter((name) => name.startsWith(`run-${pid}-`)),
    ...runningOf(pid).map((line) => `process ${line}`),
  ];
}
