import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ReleaseRequest } from '../../lambda/release-model/contract';
import { Refusal } from '../terminal/refusal';
import { type Delivery, Failed } from './delivery';
import type { DeliveredEnvironment } from './environment';

/** Credentials as programs read them from their environment. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Runs a program to its end with its output going to ours; answers its exit code. */
export type Execute = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
) => Promise<number>;

/**
 * Deploys the stacks of the project in an environment, and nothing else: the platform is deployed on its own.
 *
 * Resources that outlived an earlier stack (a project removed and made again, a failed create) are taken in again.
 *
 * @throws Failed when CDK does; its output says why
 */
export async function deployStacks(
  { assembly, env, say }: Delivery,
  { name, region, names }: DeliveredEnvironment,
  keys: Keys,
  execute: Execute = run,
): Promise<void> {
  if (!existsSync(join(assembly, 'manifest.json'))) {
    throw new Refusal(
      `${assembly} holds no assembly · allowed: what npm run synth writes · run: npm run synth`,
    );
  }
  const stacks = Object.values(names.stacks);
  say(`deploying ${stacks.join(', ')}`);
  const { AWS_PROFILE: _profile, ...rest } = env;
  const code = await execute(
    'npx',
    [
      'cdk',
      'deploy',
      '--app',
      assembly,
      '--exclusively',
      '--require-approval=never',
      '--import-existing-resources',
      '--concurrency=4',
      '--progress=events',
      '--no-color',
      ...stacks,
    ],
    {
      ...rest,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
    },
  );
  if (code !== 0) {
    throw new Failed(
      `the stacks of ${names.project} in ${name} were not deployed (cdk deploy ended with ${code}, see above); mend the cause and try the stage again: what was deployed stays`,
    );
  }
}

/**
 * Brings settings of project.yaml (instances, release, capture) to the endpoint. With the same settings, or before the
 * first release, the machine ends at once.
 *
 * @throws Failed when the endpoint did not take them; it answers as before
 */
export async function releaseSettings(
  { run: { execution, commit }, pollMs, say }: Delivery,
  { name, account, region, names }: DeliveredEnvironment,
  states: Pick<SFNClient, 'send'>,
): Promise<void> {
  const request: ReleaseRequest = { reason: 'configuration' };
  const { executionArn } = await states.send(
    new StartExecutionCommand({
      stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:${names.releaseMachine}`,
      input: JSON.stringify(request),
      // No name: the same commit may be deployed again after a failure.
    }),
  );
  say(`settings: ${executionArn} brings them to the endpoint (${execution ?? 'at a terminal'}, ${commit})`);
  for (;;) {
    const { status, cause, error } = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'SUCCEEDED') return;
    if (status !== 'RUNNING' && status !== 'PENDING_REDRIVE') {
      throw new Failed(
        `the settings did not reach the endpoint of ${names.project} in ${name}: ${cause ?? error ?? status}; it answers as before`,
      );
    }
    await wait(pollMs);
  }
}

const run: Execute = (command, args, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
