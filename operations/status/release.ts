import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Names } from '../../lib/config/names';
import { isMissing } from '../doctor/denial';
import type { Clients } from './clients';
import { type RegisteredModel, versionIn } from './models';

/** A model version with its settings, as the release record holds it. */
interface Target {
  readonly version: number;
  readonly packageArn: string;
  readonly config: string;
}

/** What the release machine has done and means to do. */
export interface ReleaseRecord {
  /** Highest version taken on so far. */
  readonly seen?: number;
  readonly current?: Target;
  readonly desired?: Target;
}

/** @throws when the table is not there: then nothing is deployed */
export async function releaseRecord({ dynamodb }: Clients, table: string): Promise<ReleaseRecord> {
  const { Item } = await dynamodb.send(
    new GetCommand({ TableName: table, Key: { pk: 'release' }, ConsistentRead: true }),
  );
  return (Item ?? {}) as ReleaseRecord;
}

/** Why an approval would not release a model. */
export interface Obstacle {
  readonly sentence: string;

  /** Whether a person may insist: a model that was compared with another one may still be the better. */
  readonly insistible: boolean;
}

/** What the release machine will have against a model once it is approved; undefined when nothing. */
export function obstacleTo(
  { version, champion }: Pick<RegisteredModel, 'version' | 'champion'>,
  { seen = 0, desired }: ReleaseRecord,
): Obstacle | undefined {
  if (version <= seen) {
    const sentence = `version ${version} is not newer than version ${seen}, which was taken on: its release would be passed over`;
    return { sentence, insistible: false };
  }
  if (champion === (desired?.packageArn ?? 'none')) return undefined;
  const sentence = `version ${version} was compared with ${versionIn(champion)}, but ${versionIn(desired?.packageArn)} is wanted in service by now: its release would be refused`;
  return { sentence, insistible: true };
}

export interface Endpoint {
  readonly status: string;
  readonly config: string;
  readonly changed: Date | undefined;
}

/** @returns undefined before the first release */
export async function endpointOf({ sagemaker }: Clients, name: string): Promise<Endpoint | undefined> {
  try {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    return {
      status: endpoint.EndpointStatus ?? 'unknown',
      config: endpoint.EndpointConfigName ?? 'unknown',
      changed: endpoint.LastModifiedTime,
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Why the last run of the release machine did not succeed; undefined when it did or is at work. */
export async function lastRefusal(
  { states }: Clients,
  names: Names,
  at: { readonly account: string; readonly region: string },
): Promise<string | undefined> {
  const stateMachineArn = machineArn(names, at);
  const { executions = [] } = await states.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }),
  );
  const [last] = executions;
  if (!last || ['SUCCEEDED', 'RUNNING'].includes(last.status ?? '')) return undefined;
  const { cause } = await states.send(new DescribeExecutionCommand({ executionArn: last.executionArn }));
  return cause ?? `the run ended as ${last.status}`;
}

export const machineArn = (names: Names, at: { readonly account: string; readonly region: string }): string =>
  `arn:aws:states:${at.region}:${at.account}:stateMachine:${names.releaseMachine}`;
