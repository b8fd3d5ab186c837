import { join } from 'node:path';
import type { Emulator } from '../emulator/emulator';
import type { Belongings } from '../processes/belongings';
import { runCommand } from '../processes/command';
import { lastLines } from '../processes/log';
import { requireLoopback } from '../processes/loopback';

export interface CdkSettings {
  readonly emulator: Pick<Emulator, 'client' | 'clientEnvironment' | 'endpoint' | 'account' | 'region'>;
  /** Folder of this run: the CLI works in it. */
  readonly directory: string;
  /** Folder of the logs, which outlive the run. */
  readonly logs: string;
  /** The project's `node_modules`, with the CLI in it. */
  readonly nodeModules: string;
  readonly belongings: Belongings;
  /** Told what is happening, a line at a time. */
  readonly say: (line: string) => void;
}

const POLL_QUICKLY = join(__dirname, 'poll-quickly.cjs');

/**
 * Runs the stock CDK CLI against the emulator.
 *
 * @param onLine sees each line it prints
 * @throws CdkFailure with the end of its log when it fails
 */
export async function cdk(
  settings: CdkSettings,
  what: string,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  requireLoopback(settings.emulator.clientEnvironment.AWS_ENDPOINT_URL ?? '', 'the CDK CLI');
  const log = join(settings.logs, `${what}.log`);
  const code = await runCommand(
    {
      name: `cdk ${what}`,
      command: process.execPath,
      args: [
        join(settings.nodeModules, 'aws-cdk', 'bin', 'cdk'),
        ...args,
        '--no-notices',
        '--no-color',
        '--ci',
      ],
      env: {
        ...settings.emulator.clientEnvironment,
        NODE_OPTIONS: `--require ${JSON.stringify(POLL_QUICKLY)}`,
        NODE_NO_WARNINGS: '1',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: '1',
      },
      // Outside the repository, whose cdk.json names another app.
      cwd: settings.directory,
      log,
      onLine,
    },
    settings.belongings,
  );
  if (code !== 0) throw new CdkFailure(`cdk ${what} failed (exit code ${code})`, log);
}

/** The CLI failed; the message ends with the last lines of its log. */
export class CdkFailure extends Error {
  override readonly name = 'CdkFailure';
  constructor(
    readonly summary: string,
    readonly log: string,
  ) {
    super(`${summary}; log: ${log}\n${lastLines(log, 15)}`);
  }
}
