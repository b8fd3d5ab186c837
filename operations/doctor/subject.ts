import type { Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { Config } from '../../lib/config/load';
import type { Project } from '../../lib/config/project';
import { type Access, profileOf } from '../aws/credentials';
import { everyPage } from './pages';
import { type Readers, readersOf } from './readers';

/** One account and region that is looked at, and what platform.yaml says of it. */
export interface Subject {
  /** An environment of platform.yaml, or `delivery`. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** ARN of whoever looks. */
  readonly caller: string;
  /** Profile that the credentials come from, where they are not the current ones. */
  readonly profile: string | undefined;
  readonly config: Config;
  /** The projects that run here; of `delivery`, all. */
  readonly projects: readonly Project[];
  readonly aws: Readers;
  /** Every stack there is in the account and region, by its name; asked once. */
  readonly stacks: () => Promise<ReadonlyMap<string, Stack>>;
  /** The resources of a stack; asked once a stack. */
  readonly resources: (stack: string) => Promise<readonly StackResourceSummary[]>;
}

/** Name of the account and region that builds and delivers, beside the environments. */
export const DELIVERY = 'delivery';

/** @param aws @default - clients with the credentials of `access` */
export function subjectOf(
  name: string,
  access: Access,
  config: Config,
  aws = readersOf(access.config),
): Subject {
  return {
    name,
    account: access.account,
    region: access.region,
    caller: access.callerArn,
    profile: access.config.profile === profileOf(name) ? profileOf(name) : undefined,
    config,
    projects: config.projects.filter(({ environments }) => name === DELIVERY || name in environments),
    aws,
    stacks: once(() => stacksOf(aws)),
    resources: oncePer((stack) => resourcesOf(aws, stack)),
  };
}

async function stacksOf({ cloudformation }: Readers): Promise<ReadonlyMap<string, Stack>> {
  const stacks = await everyPage(async (NextToken) => {
    const page = await cloudformation.send(new DescribeStacksCommand({ NextToken }));
    return { items: page.Stacks, next: page.NextToken };
  });
  const living = stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  return new Map(living.map((stack) => [stack.StackName ?? '', stack]));
}

function resourcesOf({ cloudformation }: Readers, StackName: string): Promise<StackResourceSummary[]> {
  return everyPage(async (NextToken) => {
    const page = await cloudformation.send(new ListStackResourcesCommand({ StackName, NextToken }));
    return { items: page.StackResourceSummaries, next: page.NextToken };
  });
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask();
    return asked;
  };
}

function oncePer<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const asked = new Map<string, () => Promise<T>>();
  return (key) => {
    const known = asked.get(key) ?? once(() => ask(key));
    asked.set(key, known);
    return known();
  };
}
