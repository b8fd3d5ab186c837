import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CodeBundle } from '../pipelines/code-bundle';
import { type Access, accessOf } from './access/access';
import { type Bridge, startBridge } from './bridge/bridge';
import { storesOf } from './clients';
import { type Alarms, alarmsOf } from './courier/alarms/alarms';
import { type Courier, courierOf } from './courier/courier';
import { bootstrap } from './deployment/bootstrap';
import { type Emulator, startEmulator } from './emulator/emulator';
import { type EnvironmentRequest, environment } from './environments/environment';
import { pythonDiffers } from './environments/python';
import { tooling } from './environments/tooling';
import type { Belongings } from './processes/belongings';
import { type LocalSageMaker, startLocalSageMaker } from './sagemaker/server';

export interface ServiceSettings {
  readonly account: string;
  readonly region: string;
  /** The Python environment that stands in for each image, by URI. */
  readonly images: ReadonlyArray<EnvironmentRequest & { readonly uri: string; readonly python: string }>;
  /** Environment of the emulator. */
  readonly emulator: EnvironmentRequest;
  /** What the jobs will run; what it imports is imported ahead of them. */
  readonly play: { readonly bundle: CodeBundle };
  /** Ignored folder for everything that is made here. */
  readonly directory: string;
  /** Milliseconds a model server has until it answers. @default - that of the local SageMaker */
  readonly pingTimeoutMs?: number;
}

/** Where one run works and writes. */
interface RunSurroundings {
  readonly folder: string;
  readonly logs: string;
  readonly log: (line: string) => void;
  readonly belongings: Belongings;
  readonly say: (what: string) => void;
}

/** The services of this rehearsal, up and prepared for a deployment. */
export interface Services {
  readonly emulator: Emulator;
  readonly sagemaker: LocalSageMaker;
  readonly access: Access;
  readonly courier: Courier;
  readonly alarms: Alarms;
  readonly bridge: Bridge;
  /** Sentences for the report, such as that this machine's Python is another one than in AWS. */
  readonly remarks: readonly string[];
}

/**
 * Makes the Python environments, starts local SageMaker and emulator, and bootstraps the account in it.
 *
 * @throws Refusal in one line for what this machine lacks
 */
export async function startServices(settings: ServiceSettings, run: RunSurroundings): Promise<Services> {
  const { account, region, images } = settings;
  const { folder, logs, log, belongings, say } = run;
  const nodeModules = resolve('node_modules');
  const tools = await tooling({ directory: settings.directory, env: process.env, belongings, say });
  say('Python environments');
  const [own, ...stands] = await Promise.all(
    [settings.emulator, ...images].map((request) => environment(request, tools)),
  );
  if (!own) throw new Error('the emulator has no Python environment');

  // The local SageMaker is asked for nothing before the emulator is up, but the emulator must know its address.
  let ready: { stores: ReturnType<typeof storesOf>; access: Access; courier: Courier } | undefined;
  const sagemaker = await startLocalSageMaker({
    account,
    region,
    directory: join(folder, 'sagemaker'),
    logs: join(logs, 'sagemaker'),
    serviceModel: serviceModel(own.python, own.version),
    images: new Map(images.map(({ uri }, index) => [uri, { python: stands[index]?.python ?? '' }])),
    store: async (role) => {
      if (!ready) throw new Error('S3 was asked for before the emulator was up');
      return ready.stores(role);
    },
    emit: (event) => void ready?.courier.send(event),
    authorize: async (question) => ready?.access.authorize(question),
    log,
    ...(settings.pingTimeoutMs && { pingTimeoutMs: settings.pingTimeoutMs }),
  });
  belongings.add('the local SageMaker', () => sagemaker.stop());
  warm(settings, sagemaker, folder, log);

  say('starting the emulator');
  const path = process.env.PATH ?? '';
  const where = { directory: folder, logs, nodeModules, belongings };
  const emulator = await startEmulator({
    ...where,
    account,
    region,
    python: own.python,
    path,
    sagemaker: sagemaker.url,
  });
  const access = accessOf(emulator);
  const courier = courierOf({ emulator, access, log });
  ready = { stores: storesOf(emulator, access), access, courier };
  const bridging = startBridge({ emulator, sagemaker: sagemaker.url, belongings, log });
  await bootstrap({ ...where, emulator, say });
  const remarks = images.flatMap(({ python }) => pythonDiffers(python, tools.python.version) ?? []);
  return {
    emulator,
    sagemaker,
    access,
    courier,
    alarms: alarmsOf({ emulator, courier }),
    bridge: await bridging,
    remarks: [...new Set(remarks)],
  };
}

/** Lets each environment's process import what the bundle imports while everything else starts; nobody waits for it. */
function warm(
  settings: ServiceSettings,
  sagemaker: LocalSageMaker,
  folder: string,
  log: (line: string) => void,
): void {
  const code = join(folder, 'code');
  mkdirSync(code, { recursive: true });
  for (const [name, content] of settings.play.bundle.files) writeFileSync(join(code, name), content);
  for (const { uri } of settings.images) {
    sagemaker.warm(uri, code).catch((error: unknown) => log(`${uri} is not warm: ${String(error)}`));
  }
}

/** SageMaker's own description of its API, as botocore ships it. */
function serviceModel(python: string, version: string): string {
  const minor = version.split('.').slice(0, 2).join('.');
  const packages = join(python, '..', '..', 'lib', `python${minor}`, 'site-packages');
  return join(packages, 'botocore', 'data', 'sagemaker', '2017-07-24', 'service-2.json.gz');
}
