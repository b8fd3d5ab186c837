import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { Adapted } from '../adapter/adapt';
import type { Manifest } from '../adapter/assembly';
import type { Template } from '../adapter/template';
import { boundRoles } from './bound-roles';
import { CdkFailure, type CdkSettings, cdk } from './cdk';
import { stackEvent } from './stack-event';

export interface DeployedStack {
  readonly name: string;
  readonly arn: string;
  /** Resources CloudFormation created. */
  readonly resources: number;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Deploys an adapted assembly with the stock CDK CLI; stacks that do not depend on each other side by side.
 *
 * @throws DeploymentFailure with what CloudFormation says of each failed resource
 */
export async function deploy(settings: CdkSettings, adapted: Adapted): Promise<DeployedStack[]> {
  const args = ['deploy', ...adapted.stacks, '--app', adapted.assembly, '--method', 'direct'];
  const manner = ['--concurrency', '5', '--require-approval', 'never', '--progress', 'events'];
  try {
    await cdk(settings, 'deploy', [...args, ...manner], (line) => {
      const event = stackEvent(line);
      if (event?.type === 'AWS::CloudFormation::Stack') settings.say(`${event.stack} ${event.status}`);
    });
  } catch (error) {
    if (!(error instanceof CdkFailure)) throw error;
    throw new DeploymentFailure(error, await failureReasons(settings, adapted.stacks));
  }
  const client = new CloudFormationClient(settings.emulator.client);
  return Promise.all(
    adapted.stacks.map(async (name) => {
      await boundRoles(settings.emulator, name, templateIn(adapted.assembly, name));
      return describe(client, name);
    }),
  );
}

/** The template of a stack, from the file that the assembly's manifest names. */
function templateIn(assembly: string, stack: string): Template {
  const read = (file: string) => JSON.parse(readFileSync(join(assembly, file), 'utf8'));
  const manifest: Manifest = read('manifest.json');
  return read(String(manifest.artifacts[stack]?.properties?.templateFile));
}

/** A deployment that failed, with the reasons CloudFormation gives. */
class DeploymentFailure extends Error {
  override readonly name = 'DeploymentFailure';
  constructor(
    cause: CdkFailure,
    /** `<stack>/<logical id> (<type>): <reason>`, the first failure of each stack first. */
    readonly reasons: readonly string[],
  ) {
    super([cause.summary, ...reasons, cause.message].join('\n'), { cause });
  }
}

async function describe(client: CloudFormationClient, name: string): Promise<DeployedStack> {
  const [{ Stacks: [stack] = [] }, { StackResources: resources = [] }] = await Promise.all([
    client.send(new DescribeStacksCommand({ StackName: name })),
    client.send(new DescribeStackResourcesCommand({ StackName: name })),
  ]);
  if (!stack) throw new Error(`stack ${name} is gone right after its deployment`);
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey ?? '', OutputValue ?? '']),
  );
  return { name, arn: stack.StackId ?? '', resources: resources.length, outputs };
}

/** Failures in the order they happened, without those that only follow from another's. */
async function failureReasons({ emulator }: CdkSettings, stacks: readonly string[]): Promise<string[]> {
  const client = new CloudFormationClient(emulator.client);
  const found = await Promise.all(
    stacks.map(async (name) => {
      // A stack that was never reached does not exist.
      const events = await client
        .send(new DescribeStackEventsCommand({ StackName: name }))
        .catch(() => undefined);
      return (events?.StackEvents ?? [])
        .filter(({ ResourceStatus: status }) => status?.endsWith('_FAILED'))
        .filter(({ ResourceStatusReason: reason }) => reason && !reason.includes('cancelled'))
        .sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp))
        .map(
          (event) =>
            `${name}/${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`,
        );
    }),
  );
  return found.flat();
}
