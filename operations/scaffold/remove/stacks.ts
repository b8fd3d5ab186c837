import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { ClientConfig } from '../../aws/credentials';
import { unlessAbsent } from './absent';

/** Waits between two looks. */
export type Pause = () => Promise<void>;

/** The state of a stack; undefined when it is not there. */
export async function stackStatus(config: ClientConfig, name: string): Promise<string | undefined> {
  const client = new CloudFormationClient(config);
  const found = await unlessAbsent(() => client.send(new DescribeStacksCommand({ StackName: name })));
  const status = found?.Stacks?.[0]?.StackStatus;
  return status === 'DELETE_COMPLETE' ? undefined : status;
}

/**
 * Deletes a stack and waits until it is gone; one that is not there is gone.
 *
 * @throws with what CloudFormation says of each resource that it could not delete
 */
export async function deleteStack(config: ClientConfig, name: string, pause: Pause): Promise<void> {
  let status = await stackStatus(config, name);
  if (!status) return;
  const client = new CloudFormationClient(config);
  if (status !== 'DELETE_IN_PROGRESS') await client.send(new DeleteStackCommand({ StackName: name }));
  do {
    await pause();
    status = await stackStatus(config, name);
    if (status === 'DELETE_FAILED') throw new Error(await reasons(client, name));
  } while (status);
}

async function reasons(client: CloudFormationClient, name: string): Promise<string> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  const failed = events
    .filter(
      ({ ResourceStatus, LogicalResourceId }) =>
        ResourceStatus === 'DELETE_FAILED' && LogicalResourceId !== name,
    )
    .map(
      ({ LogicalResourceId, ResourceType, ResourceStatusReason }) =>
        `  ${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`,
    );
  return [`stack ${name} could not be deleted:`, ...new Set(failed)].join('\n');
}
