import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsEvent, LocalSageMakerOptions, ObjectStore } from '../../../../rehearsal/sagemaker/options';
import { type LocalSageMaker, startLocalSageMaker } from '../../../../rehearsal/sagemaker/server';
import { emulatorPython, serviceModelFile } from './emulator-python';
import { folderStore } from './folder-store';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/job`;
export const IMAGE = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/sample:linear-0123456789abcdef`;

export const arn = (kind: string, name: string) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:${kind}/${name}`;

/** An error as boto3 saw it, with whatever members it carried. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly [member: string]: unknown;
}

type Fields = Record<string, unknown>;

/** A local SageMaker over a folder of objects, driven by boto3 in a child process. */
export class Bench {
  readonly events: AwsEvent[] = [];
  readonly lines: string[] = [];
  private closed = false;

  private constructor(
    readonly folder: string,
    readonly store: ObjectStore,
    private driver: ChildProcess | undefined,
    private sagemaker: LocalSageMaker | undefined,
  ) {}

  static async open(options: Partial<LocalSageMakerOptions> = {}): Promise<Bench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'local-sagemaker-'));
    const store = folderStore(path.join(folder, 's3'));
    const bench = new Bench(folder, store, undefined, undefined);
    const python = emulatorPython();
    bench.sagemaker = await startLocalSageMaker({
      account: ACCOUNT,
      region: REGION,
      directory: path.join(folder, 'sagemaker'),
      serviceModel: serviceModelFile(),
      images: new Map([[IMAGE, { python }]]),
      store: async () => store,
      emit: (event) => bench.events.push(event),
      log: (line) => bench.lines.push(line),
      ...options,
    });
    bench.driver = spawn(python, [path.join(__dirname, 'boto3_driver.py'), bench.url], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = bench.driver;
    if (stdout) createInterface({ input: stdout }).on('line', (line) => bench.hear(JSON.parse(line)));
    return bench;
  }

  get url(): string {
    return this.sagemaker?.url ?? '';
  }

  /** Calls an operation of the control plane, by boto3's name for it; throws what boto3 threw. */
  async call(operation: string, input: Fields = {}, app?: string): Promise<Fields> {
    const reply = await this.send('sagemaker', operation, input, app);
    if (reply.error) throw Object.assign(new Error(reply.error.message), { refusal: reply.error });
    return reply.output ?? {};
  }

  /** The error that an operation is expected to end in. */
  async refused(operation: string, input: Fields = {}, app?: string): Promise<Refusal> {
    const reply = await this.send('sagemaker', operation, input, app);
    if (!reply.error) throw new Error(`${operation} was not refused: ${JSON.stringify(reply.output)}`);
    return reply.error;
  }

  /** The same of Application Auto Scaling. */
  async scale(operation: string, input: Fields = {}, app?: string): Promise<Fields> {
    const reply = await this.send('application-autoscaling', operation, input, app);
    if (reply.error) throw Object.assign(new Error(reply.error.message), { refusal: reply.error });
    return reply.output ?? {};
  }

  /** InvokeEndpoint by boto3: the answer, or the error. */
  invoke(input: Fields, app?: string): Promise<{ output?: Fields; error?: Refusal }> {
    return this.send('sagemaker-runtime', 'invoke_endpoint', input, app);
  }

  flushCapture(): Promise<void> {
    return this.sagemaker?.flushCapture() ?? Promise.resolve();
  }

  /** Asks again until a member has left its passing states. */
  async until(operation: string, input: Fields, member: string, passing: readonly string[]): Promise<Fields> {
    for (let tries = 0; tries < 400; tries += 1) {
      const described = await this.call(operation, input);
      if (!passing.includes(String(described[member]))) return described;
      await sleep(25);
    }
    throw new Error(`${operation} ${JSON.stringify(input)} is still ${passing.join(' or ')}`);
  }

  /** What the events of a type said under one name, in order. */
  said(detailType: string, member: string): unknown[] {
    return this.events
      .filter((event) => event['detail-type'] === detailType)
      .map(({ detail }) => detail[member]);
  }

  /** Ends everything; a second time does nothing. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.sagemaker?.stop();
    const { driver } = this;
    if (driver && driver.exitCode === null) {
      const ended = new Promise((done) => driver.once('close', done));
      driver.stdin?.end();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private readonly waiting = new Map<number, (reply: { output?: Fields; error?: Refusal }) => void>();
  private next = 1;

  private send(
    service: string,
    operation: string,
    input: Fields,
    app?: string,
  ): Promise<{ output?: Fields; error?: Refusal }> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.driver?.stdin?.write(`${JSON.stringify({ id, service, operation, input, app })}\n`);
    });
  }

  private hear(reply: { id: number; output?: Fields; error?: Refusal }): void {
    this.waiting.get(reply.id)?.(reply);
    this.waiting.delete(reply.id);
  }
}
