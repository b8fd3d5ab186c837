import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { Door } from './door';
import { endpointConfigs } from './endpoint-configs';
import { fleetsOf } from './endpoint-record';
import { endpoints } from './endpoints';
import { messageOf } from './errors';
import { respond } from './http';
import { processingJobs } from './jobs/processing';
import { interpreterOf } from './jobs/run';
import { trainingJobs } from './jobs/training';
import { models } from './models';
import type { LocalSageMaker, LocalSageMakerOptions } from './options';
import { questions } from './permissions';
import { pipelines } from './pipelines';
import { Processes } from './processes';
import { registry } from './registry';
import { invoke } from './runtime';
import { scalingService } from './scaling';
import { ServiceModel } from './service-model';
import { tagging } from './tags';
import type { World } from './world';

export type { LocalSageMaker } from './options';

/** Longest that stopping waits for work that is under way, in milliseconds. */
const STOP_MS = 10_000;

/**
 * Starts SageMaker's control plane and runtime on a loopback port of this process.
 *
 * @throws when the port is taken, or the service model cannot be read
 */
export async function startLocalSageMaker(options: LocalSageMakerOptions): Promise<LocalSageMaker> {
  mkdirSync(options.directory, { recursive: true });
  const door = new Door('SageMaker', ServiceModel.load(options.serviceModel), (operation, input, caller) =>
    questions(operation, input, caller, world.arn),
  );
  const logs = options.logs ?? path.join(options.directory, 'logs');
  const processes = new Processes(logs);
  const closing = new AbortController();
  const background = new Map<string, Promise<void>>();
  const world: World = {
    options,
    processes,
    logs,
    tags: new Map(),
    arn: (kind, name) => `arn:aws:sagemaker:${options.region}:${options.account}:${kind}/${name}`,
    call: (operation, input, caller) => door.call(world, operation, input, caller),
    scale: (operation, input, caller) => scaleDoor.call(world, operation, input, caller),
    look: (operation, input) => door.look(operation, input),
    emit: (detailType, resources, detail) =>
      options.emit({
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source: 'aws.sagemaker',
        account: options.account,
        time: `${new Date().toISOString().slice(0, 19)}Z`,
        region: options.region,
        resources,
        // What is undefined here is absent on the wire.
        detail: JSON.parse(JSON.stringify(detail)),
      }),
    background: (arn, work) => {
      const done = work().catch((error) =>
        options.log(`${arn}: ${error instanceof Error ? error.stack : error}`),
      );
      background.set(arn, done);
      void done.finally(() => background.get(arn) === done && background.delete(arn));
    },
    settled: async (arn) => background.get(arn),
    closing: closing.signal,
  };
  const scaling = scalingService(world);
  const scaleDoor = new Door(
    'Application Auto Scaling',
    ServiceModel.load(scalingModel(options.serviceModel)),
    scaling.questions,
  );
  scaleDoor.open(scaling.handlers);
  const hosting = endpoints(world, scaling.of);
  door.open({
    ...tagging(world),
    ...registry(world),
    ...models(world),
    ...endpointConfigs(world),
    ...hosting.handlers,
    ...processingJobs(world),
    ...trainingJobs(world),
    ...pipelines(world),
  });

  const flush = () =>
    Promise.all([...hosting.known.values()].flatMap(fleetsOf).map((fleet) => fleet.flush()));
  const server = createServer((request, response) => {
    const answered = respond(request, response, world, (name, body) =>
      invoke(world, hosting.known, name, request.headers, body),
    );
    answered.catch((error) => options.log(`local SageMaker: ${messageOf(error)}`));
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    warm: (image, folder) => processes.warm(interpreterOf(world, image), folder),
    flushCapture: async () => {
      await flush();
    },
    stop: async () => {
      closing.abort();
      server.closeAllConnections();
      const closed = new Promise((done) => server.close(done));
      await flush();
      await processes.stop();
      await Promise.race([
        Promise.allSettled(background.values()),
        new Promise((done) => setTimeout(done, STOP_MS).unref()),
      ]);
      await closed;
    },
  };
}

/** Application Auto Scaling's model lies beside SageMaker's, packed in the same way. */
const scalingModel = (sagemaker: string): string =>
  path.resolve(path.dirname(sagemaker), '../../application-autoscaling/2016-02-06', path.basename(sagemaker));

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is taken; stop what uses it, or leave the port out for a free one`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
