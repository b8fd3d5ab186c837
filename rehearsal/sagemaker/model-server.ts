import { mkdir } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpack } from './jobs/outputs';
import { interpreterOf } from './jobs/run';
import { parseS3Uri } from './jobs/s3-uri';
import type { Container } from './models';
import { environmentFor, type Script } from './processes';
import type { World } from './world';

/** What a model's container answered. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly customAttributes: string | undefined;
  readonly body: Buffer;
}

export interface ModelServerSpec {
  readonly container: Container;
  readonly roleArn: string | undefined;
  readonly isolate: boolean;
  /** Folder that stands for `/opt/ml`; must be new. */
  readonly base: string;
  /** File that takes what the container writes. */
  readonly log: string;
}

/** Seconds a container has for an answer. */
const ANSWER_SECONDS = 60;
const DRAIN_MS = 5000;
const GRACE_MS = 2000;

/** A model's container: one process that answers `/ping` and `/invocations` on a loopback port. */
export class ModelServer {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly answering = new Set<Promise<Reply>>();
  private ended = false;

  private constructor(
    private readonly script: Script,
    private readonly port: number,
    readonly log: string,
  ) {
    const end = () => {
      this.ended = true;
    };
    script.exited.then(end, end);
  }

  /** Fetches the artefact and starts `code/inference.py`, which is what an image's `serve` runs. Waits for nothing. */
  static async start(
    world: World,
    { container, roleArn, isolate, base, log }: ModelServerSpec,
  ): Promise<ModelServer> {
    const python = interpreterOf(world, container.image);
    const model = path.join(base, 'model');
    await mkdir(base, { recursive: true });
    const store = await world.options.store(roleArn);
    const { bucket, key } = parseS3Uri(container.modelDataUrl);
    const archive = path.join(base, 'model.tar.gz');
    await store.download(bucket, key, archive);
    await unpack(archive, model);
    const port = await freePort();
    const script = await world.processes.start({
      python,
      argv: [path.join(model, 'code', 'inference.py')],
      environment: {
        ...environmentFor(python, base),
        SAGEMAKER_BASE_DIR: base,
        SAGEMAKER_BIND_TO_PORT: String(port),
        ...container.environment,
      },
      folder: base,
      log,
      isolate,
    });
    return new ModelServer(script, port, log);
  }

  /** Whether `/ping` answers 200 before the time is over; false at once when the process has ended. */
  async healthy(milliseconds: number, stop: AbortSignal): Promise<boolean> {
    const until = Date.now() + milliseconds;
    while (Date.now() < until && !this.ended && !stop.aborted) {
      const left = Math.max(1, Math.min(2000, until - Date.now()));
      const reply = await this.send('GET', '/ping', {}, undefined, left).catch(() => undefined);
      if (reply?.status === 200) return true;
      await sleep(25);
    }
    return false;
  }

  async invoke(headers: Readonly<Record<string, string>>, body: Buffer): Promise<Reply> {
    const whole = { ...headers, 'content-length': String(body.length) };
    const answer = this.send('POST', '/invocations', whole, body, ANSWER_SECONDS * 1000);
    this.answering.add(answer);
    try {
      return await answer;
    } finally {
      this.answering.delete(answer);
    }
  }

  /** Lets what is being answered come to its end, then ends the process. */
  async stop(): Promise<void> {
    await Promise.race([Promise.allSettled(this.answering), sleep(DRAIN_MS, undefined, { ref: false })]);
    this.agent.destroy();
    this.script.kill('SIGTERM');
    const timer = setTimeout(() => this.script.kill('SIGKILL'), GRACE_MS);
    await this.script.exited.catch(() => undefined);
    clearTimeout(timer);
  }

  private send(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | undefined,
    timeout: number,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const call = request(
        { host: '127.0.0.1', port: this.port, path: url, method, headers, agent: this.agent, timeout },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 500,
              contentType: answer.headers['content-type'] ?? 'application/octet-stream',
              customAttributes: headerOf(answer.headers['x-amzn-sagemaker-custom-attributes']),
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      call.on('timeout', () =>
        call.destroy(new Error('Invocation timed out while waiting for a response from container primary')),
      );
      call.on('error', (error: NodeJS.ErrnoException) => {
        // A server may close an idle connection just as it is used again; that is no answer of the model.
        const stale = call.reusedSocket && error.code === 'ECONNRESET';
        if (stale) resolve(this.send(method, url, headers, body, timeout));
        else reject(error);
      });
      call.end(body);
    });
  }
}

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** A port nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port is free')),
      );
    });
  });
}
