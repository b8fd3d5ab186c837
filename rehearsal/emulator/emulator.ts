import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { Belongings } from '../processes/belongings';
import { startChild } from '../processes/child';
import { requireLoopback } from '../processes/loopback';
import { freePort, requirePort } from '../processes/ports';
import { untilReady } from '../processes/ready';
import { resourceTypes } from './capabilities';
import { selfSigned } from './certificate';
import { clientEnvironment, ROOT, serverEnvironment } from './surroundings';

export interface EmulatorSettings {
  /** Interpreter of the environment that has the emulator. */
  readonly python: string;
  readonly account: string;
  readonly region: string;
  /** Folder of this run; certificate, functions' code and workers' files stay below it. */
  readonly directory: string;
  /** Folder of the log, which outlives the run. */
  readonly logs: string;
  /** Where functions find the AWS SDK for JavaScript at run time: the project's `node_modules`. */
  readonly nodeModules: string;
  /** URL of the local SageMaker, for functions. @default - they have none */
  readonly sagemaker?: string;
  /** Further variables for functions, such as the addresses of other services. @default - none */
  readonly forFunctions?: Readonly<Record<string, string>>;
  /** PATH of child processes: Node and Python are found on it. */
  readonly path: string;
  /** @default - a free port */
  readonly port?: number;
  readonly belongings: Belongings;
}

/** What every AWS client of the rehearsal is made with. */
interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler: { readonly httpsAgent: Agent };
  readonly maxAttempts: number;
}

/** A running emulator. */
export interface Emulator {
  readonly endpoint: string;
  /** File with the certificate that clients must trust. */
  readonly caBundle: string;
  readonly account: string;
  readonly region: string;
  /** CloudFormation types it creates itself. */
  readonly types: ReadonlySet<string>;
  /** For AWS SDK clients in this process; the account's root user. */
  readonly client: ClientSettings;
  /** The whole environment of a program that is to reach it (CDK CLI, AWS CLI, boto3), and nothing else. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  readonly log: string;
  stop(): Promise<void>;
}

const READY_SECONDS = 20;
/** It ends in 2 s by itself; with a custom resource pending, never. */
const GRACE_SECONDS = 3;

/**
 * Starts the emulator on 127.0.0.1 in its IAM mode, with TLS and a certificate of its own.
 *
 * @throws Refusal when the port is taken, Error with the log's last lines when it does not get ready
 */
export async function startEmulator(settings: EmulatorSettings): Promise<Emulator> {
  const { account, region, directory, belongings } = settings;
  if (settings.sagemaker) requireLoopback(settings.sagemaker, 'the SageMaker endpoint');
  const port =
    settings.port === undefined ? await freePort() : await requirePort(settings.port, 'the emulator');
  const endpoint = requireLoopback(`https://127.0.0.1:${port}`, 'the emulator');
  const tls = join(directory, 'tls');
  const temporary = join(directory, 'tmp');
  for (const folder of [tls, temporary]) mkdirSync(folder, { recursive: true });
  const files = { certificate: join(tls, 'server.crt'), key: join(tls, 'server.key') };
  const { certificate, key } = selfSigned();
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key, { mode: 0o600 });

  const env = serverEnvironment({ ...settings, port, temporary, files });
  const child = startChild({
    name: 'the emulator',
    command: settings.python,
    args: ['-m', 'ministack'],
    env,
    cwd: directory,
    log: join(settings.logs, 'emulator.log'),
  });
  const agent = new Agent({ ca: certificate, keepAlive: true });
  const stop = async () => {
    agent.destroy();
    await child.stop(GRACE_SECONDS);
  };
  belongings.add('the emulator', stop);
  const [types] = await Promise.all([
    resourceTypes(settings.python, env),
    untilReady(child, () => answers(endpoint, agent), READY_SECONDS),
  ]);
  return {
    endpoint,
    caBundle: files.certificate,
    account,
    region,
    types,
    client: {
      endpoint,
      region,
      credentials: ROOT,
      requestHandler: { httpsAgent: agent },
      maxAttempts: 3,
    },
    clientEnvironment: clientEnvironment({ ...settings, endpoint, certificate: files.certificate }),
    log: child.log,
    stop,
  };
}

/** Whether its health page answers. */
function answers(endpoint: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(`${endpoint}/_ministack/health`, { agent, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
