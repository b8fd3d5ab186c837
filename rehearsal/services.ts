import { join, resolve } from 'node:path';
import { type CodeBundle, writeBundle } from '../pipelines/code-bundle';
import { type AccountServices, prepareAccount } from './account';
import { bootstrap } from './deployment/bootstrap';
import { startEmulator } from './emulator/emulator';
import { type EnvironmentRequest, environment } from './environments/environment';
import { pythonDiffers } from './environments/python';
import { tooling } from './environments/tooling';
import type { Belongings } from './processes/belongings';
import type { LocalSageMaker } from './sagemaker/server';

/** The Python environments of a rehearsal: its emulator's, and one that stands in for each image, by URI. */
export interface PythonSettings {
  readonly images: ReadonlyArray<EnvironmentRequest & { readonly uri: string; readonly python: string }>;
  /** Environment of the emulator. */
  readonly emulator: EnvironmentRequest;
  /** Ignored folder for everything that is made here. */
  readonly directory: string;
}

export interface ServiceSettings extends PythonSettings {
  /** What the jobs will run; what it imports is imported ahead of them. */
  readonly play: { readonly bundle: CodeBundle };
  readonly account: string;
  readonly region: string;
  /** Milliseconds a model server has until it answers. @default - that of the local SageMaker */
  readonly pingTimeoutMs?: number;
}

/** Where one run works and writes. */
export interface RunSurroundings {
  readonly folder: string;
  readonly logs: string;
  readonly log: (line: string) => void;
  readonly belongings: Belongings;
  readonly say: (what: string) => void;
}

/** The services of this rehearsal, up and prepared for a deployment. */
export interface Services extends AccountServices {
  /** Sentences for the report, such as that this machine's Python is another one than in AWS. */
  readonly remarks: readonly string[];
}

/**
 * Makes the Python environments, starts local SageMaker and emulator, and bootstraps the account in it.
 *
 * @throws Refusal in one line for what this machine lacks
 */
export async function startServices(settings: ServiceSettings, run: RunSurroundings): Promise<Services> {
  const { folder, logs, belongings, say } = run;
  const pythons = await pythonsOf(settings, run);
  const prepared = await prepareAccount({ ...settings, ...pythons, ...run });
  warm(settings, prepared.sagemaker, run);

  say('starting the emulator');
  const nodeModules = resolve('node_modules');
  const emulator = await startEmulator({
    account: settings.account,
    region: settings.region,
    python: pythons.emulator,
    path: process.env.PATH ?? '',
    sagemaker: prepared.sagemaker.url,
    directory: folder,
    logs,
    nodeModules,
    belongings,
  });
  const opening = prepared.open(emulator);
  await bootstrap({ directory: folder, logs, nodeModules, belongings, emulator, say });
  return { ...(await opening), remarks: pythons.remarks };
}

/** Interpreters of the environments, made where they are not there yet. */
interface Pythons {
  /** Interpreter of the emulator's environment. */
  readonly emulator: string;
  /** SageMaker's own description of its API, as botocore ships it. */
  readonly serviceModel: string;
  readonly images: ReadonlyMap<string, { readonly python: string }>;
  readonly remarks: readonly string[];
}

/** @throws Refusal in one line for what this machine lacks */
export async function pythonsOf(
  settings: PythonSettings,
  { belongings, say }: RunSurroundings,
): Promise<Pythons> {
  const tools = await tooling({ directory: settings.directory, env: process.env, belongings, say });
  say('Python environments');
  const [own, ...stands] = await Promise.all(
    [settings.emulator, ...settings.images].map((request) => environment(request, tools, say)),
  );
  if (!own) throw new Error('the emulator has no Python environment');
  const minor = own.version.split('.').slice(0, 2).join('.');
  const packages = join(own.python, '..', '..', 'lib', `python${minor}`, 'site-packages');
  const remarks = settings.images.flatMap(({ python }) => pythonDiffers(python, tools.python.version) ?? []);
  return {
    emulator: own.python,
    serviceModel: join(packages, 'botocore', 'data', 'sagemaker', '2017-07-24', 'service-2.json.gz'),
    images: new Map(settings.images.map(({ uri }, i) => [uri, { python: stands[i]?.python ?? '' }])),
    remarks: [...new Set(remarks)],
  };
}

/** Lets each environment's process import what the bundle imports while everything else starts; nobody waits for it. */
function warm(settings: ServiceSettings, sagemaker: LocalSageMaker, { folder, log }: RunSurroundings): void {
  const code = join(folder, 'code');
  writeBundle(settings.play.bundle, code);
  for (const { uri } of settings.images) {
    sagemaker.warm(uri, code).catch((error: unknown) => log(`${uri} is not warm: ${String(error)}`));
  }
}
