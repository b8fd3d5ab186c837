import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A script to run as `python3 script args` with nothing but what stands here. */
export interface ScriptRequest {
  readonly python: string;
  /** Script and arguments. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** File that takes standard output and error. */
  readonly log: string;
  /** Refuses every connection and name look-up. */
  readonly isolate: boolean;
}

export interface Script {
  /** Exit code, or minus the number of the signal that ended it. */
  readonly exited: Promise<number>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const SIGNALS = { SIGTERM: 15, SIGKILL: 9 } as const;

/** Runs scripts by one fork server for each interpreter. */
export class Processes {
  private readonly servers = new Map<string, ForkServer>();
  private stopped = false;

  /** @param folder where the fork servers' own logs go */
  constructor(private readonly folder: string) {}

  async start(request: ScriptRequest): Promise<Script> {
    return this.server(request.python).start(request);
  }

  /** Imports ahead what a folder's files import. */
  async warm(python: string, folder: string): Promise<void> {
    return this.server(python).warm(folder);
  }

  /** Ends every fork server; each ends its scripts. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
    this.servers.clear();
  }

  private server(python: string): ForkServer {
    if (this.stopped) throw new Error('the local SageMaker is stopping');
    let server = this.servers.get(python);
    if (!server?.alive) {
      server = new ForkServer(python, path.join(this.folder, `fork-server-${this.servers.size + 1}.log`));
      this.servers.set(python, server);
    }
    return server;
  }
}

interface Waiting {
  started?(pid: number): void;
  readonly ended: (code: number) => void;
  readonly failed: (error: Error) => void;
}

class ForkServer {
  private readonly child: ChildProcess;
  private readonly closed: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  alive = true;

  constructor(
    private readonly python: string,
    private readonly log: string,
  ) {
    mkdirSync(path.dirname(log), { recursive: true });
    const errors = openSync(log, 'a');
    this.child = spawn(python, [path.join(__dirname, 'fork_server.py')], {
      stdio: ['pipe', 'pipe', errors],
      env: environmentFor(python, path.dirname(log)),
    });
    closeSync(errors);
    if (this.child.stdout)
      createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(JSON.parse(line)));
    // A server that died says so through `close`; what was being written to it is lost with it.
    this.child.stdin?.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      const end = (why: string) => {
        this.alive = false;
        for (const { failed } of this.waiting.values())
          failed(new Error(`${python} ended: ${why}; see ${log}`));
        this.waiting.clear();
        resolve();
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('close', (code, signal) => end(`exit ${signal ?? code}`));
    });
  }

  start(request: ScriptRequest): Promise<Script> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      let failed = reject;
      const exited = new Promise<number>((ended, broken) => {
        this.waiting.set(id, {
          ended,
          failed: (error) => failed(error),
          started: () => {
            failed = broken;
            resolve({ exited, kill: (signal) => this.send({ kill: id, signal: SIGNALS[signal] }) });
          },
        });
      });
      const { argv, environment: env, folder: cwd, log, isolate } = request;
      this.send({ id, argv, env, cwd, log, isolate });
    });
  }

  warm(folder: string): Promise<void> {
    const id = this.next++;
    return new Promise((resolve, failed) => {
      this.waiting.set(id, { ended: () => resolve(), failed });
      this.send({ warm: id, folder });
    });
  }

  async stop(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 3000);
    await this.closed;
    clearTimeout(timer);
  }

  private send(message: object): void {
    if (this.alive) this.child.stdin?.write(`${JSON.stringify(message)}\n`);
    else
      for (const { failed } of this.waiting.values())
        failed(new Error(`${this.python} is not running; see ${this.log}`));
  }

  private hear(message: { id?: number; pid?: number; exit?: number; warm?: number }): void {
    const id = message.id ?? message.warm ?? 0;
    const waiting = this.waiting.get(id);
    if (message.pid !== undefined) waiting?.started?.(message.pid);
    else {
      this.waiting.delete(id);
      waiting?.ended(message.exit ?? 0);
    }
  }
}

/** An environment made from nothing, so that no setting of this shell reaches a job. */
export function environmentFor(python: string, home: string): Record<string, string> {
  return {
    PATH: [path.dirname(python), '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    // macOS ends a fork whose parent had loaded some of its frameworks, unless told otherwise before it starts.
    ...(process.platform === 'darwin' && { OBJC_DISABLE_INITIALIZE_FORK_SAFETY: 'YES' }),
  };
}
