import { spawn } from 'node:child_process';
import { closeSync, createWriteStream, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { guardProcesses } from './guard';
import { lastLines } from './log';

export interface ChildSettings {
  /** What a person calls it in a message. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** @default the current folder */
  readonly cwd?: string;
  /** File that gets stdout and stderr, appended. */
  readonly log: string;
  /** Sees each line of output as well. @default - output goes straight to the log */
  readonly onLine?: (line: string) => void;
}

interface Exit {
  /** 128 + signal number if a signal ended it, 127 if it could not be started. */
  readonly code: number;
  readonly signal?: NodeJS.Signals;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** SIGTERM to its group, a grace of some seconds, then SIGKILL. Resolves when none of the group is left running. */
  stop(graceSeconds?: number): Promise<void>;
  /** The last lines of its log. */
  tail(lines?: number): string;
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** Starts a program in a process group of its own, so that it is stopped with everything it started. */
export function startChild(settings: ChildSettings): Child {
  mkdirSync(dirname(settings.log), { recursive: true });
  const file = openSync(settings.log, 'a');
  const piped = settings.onLine !== undefined;
  const child = spawn(settings.command, settings.args, {
    cwd: settings.cwd,
    env: { ...settings.env },
    detached: true,
    stdio: piped ? ['ignore', 'pipe', 'pipe'] : ['ignore', file, file],
  });
  const pid = child.pid ?? 0;
  const dismiss = pid > 0 ? guardProcesses(pid) : () => undefined;
  let running = pid > 0;
  const ended = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: 127 }));
    child.once('exit', () => {
      running = false;
      // At once, while the number is surely still this group's: workers may have outlived their parent.
      signalGroup(pid, 'SIGKILL');
    });
    child.once('close', (code, signal) =>
      resolve({
        code: code ?? 128 + (SIGNALS[signal ?? ''] ?? 0),
        signal: signal ?? undefined,
      }),
    );
  });
  const copied = piped ? copyLines([child.stdout, child.stderr], file, settings.onLine) : undefined;
  if (!piped) closeSync(file);
  const exited = ended.then(async (exit) => {
    await copied;
    dismiss();
    return exit;
  });

  return {
    name: settings.name,
    pid,
    log: settings.log,
    exited,
    tail: (lines = 20) => lastLines(settings.log, lines),
    async stop(graceSeconds = 3) {
      if (running && graceSeconds > 0) {
        signalGroup(pid, 'SIGTERM');
        await endOr(ended, graceSeconds * 1000);
      }
      if (running) signalGroup(pid, 'SIGKILL');
      await exited;
    },
  };
}

/** Waits for the end, but no longer than this. */
async function endOr(ended: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([ended, late]);
  clearTimeout(timer);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the whole group is gone. EPERM: macOS says so of a group that holds only zombies.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

async function copyLines(
  outputs: ReadonlyArray<NodeJS.ReadableStream | null>,
  file: number,
  onLine: ((line: string) => void) | undefined,
): Promise<void> {
  const log = createWriteStream('', { fd: file });
  const readers = outputs
    .filter((output) => output !== null)
    .map(async (input) => {
      for await (const line of createInterface({ input })) {
        log.write(`${line}\n`);
        onLine?.(line);
      }
    });
  await Promise.all(readers);
  log.end();
  await finished(log);
}
