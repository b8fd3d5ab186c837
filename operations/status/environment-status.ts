import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { nextAt } from '../../lib/config/calendar';
import { isMissing } from '../doctor/denial';
import { type RingingAlarm, ringingAlarms } from './alarms';
import type { Clients } from './clients';
import { pendingModels } from './models';
import { endpointOf, lastRefusal, obstacleTo, releaseRecord } from './release';
import type { Subject } from './subject';
import { type Gate, type Training, trainingOf } from './training';

/** Something that waits for somebody. */
interface Waiting {
  /** `version 4` or `the stacks`. */
  readonly what: string;
  readonly for: 'a person' | 'the policy';
  readonly since: Date | undefined;

  /** Command that decides, where one does. */
  readonly command: string | undefined;
}

/** What callers get. */
interface InService {
  readonly version: number;
  readonly config: string;
  readonly since: Date | undefined;

  /** State of the endpoint in SageMaker's words. */
  readonly endpoint: string;

  /** Version that is on its way into service. */
  readonly releasing: number | undefined;
}

/** Where a project stands in one environment. What is undefined has not happened yet. */
export interface EnvironmentStatus {
  readonly project: string;
  readonly environment: string;

  /** Why nothing is known; everything else is empty then. */
  readonly unreachable?: string;
  readonly merge?: { readonly commit: string; readonly author?: string; readonly at?: Date };
  readonly training?: Training;
  readonly gate?: Gate;
  readonly waiting: readonly Waiting[];
  readonly inService?: InService;
  readonly alarms: readonly RingingAlarm[];
  readonly retrain: { readonly next?: Date; readonly heldBack?: string };

  /** What a person should know besides, a sentence each. */
  readonly notes: readonly string[];
}

/** Looks at everything at once; what cannot be read is a note, and the rest is still told. */
export async function environmentStatus(
  clients: Clients,
  subject: Subject,
  now: Date,
): Promise<EnvironmentStatus> {
  const { project, names, at } = subject;
  const about = { project: project.name, environment: at.name };
  const notes: string[] = [];
  const read = <T>(what: string, work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      if (!isMissing(error)) notes.push(`${what} cannot be read: ${sentenceOf(error)}`);
      return undefined;
    });

  const state = await read('the state table', stateOf(clients, names.stateTable));
  if (!state) {
    const why = notes[0] ?? 'nothing is deployed here yet: its delivery does that after a merge';
    return { ...about, unreachable: why, waiting: [], alarms: [], retrain: {}, notes: [] };
  }
  const [trained, pending, endpoint, alarms, refusal] = await Promise.all([
    read('trainings', trainingOf(clients, names.pipeline)),
    read('models', pendingModels(clients.sagemaker, names.modelPackageGroup)),
    read('the endpoint', endpointOf(clients, names.endpoint)),
    read('alarms', ringingAlarms(clients, names.prefix)),
    read('releases', lastRefusal(clients, names, at)),
  ]);
  const { start, record } = state;
  if (refusal) notes.push(`the last release was refused: ${refusal}`);
  const waiting = (pending ?? []).map((model): Waiting => {
    const obstacle = obstacleTo(model, record);
    if (obstacle) notes.push(obstacle.sentence);
    const person = subject.approval === 'person';
    return {
      what: `version ${model.version}`,
      for: person ? 'a person' : 'the policy',
      since: model.created,
      command: person
        ? `npm run approve -- ${project.name} ${model.version} --environment ${at.name}`
        : undefined,
    };
  });
  const { current, desired } = record;
  const { every } = project.retrain;
  return {
    ...about,
    ...(start.commit && {
      merge: {
        commit: start.commit,
        ...(start.author && { author: start.author }),
        ...(start.merged && { at: new Date(start.merged) }),
      },
    }),
    ...trained,
    waiting,
    ...(current && {
      inService: {
        version: current.version,
        config: current.config,
        since: endpoint?.changed,
        endpoint: endpoint?.status ?? 'there is no endpoint',
        releasing: desired && desired.config !== current.config ? desired.version : undefined,
      },
    }),
    alarms: alarms ?? [],
    retrain: {
      ...(every !== 'never' && { next: nextAt(every, now) }),
      ...(start.pending && { heldBack: start.pending }),
    },
    notes,
  };
}

/** What the start function remembers, as far as it is told. */
interface StartItem {
  readonly commit?: string;
  readonly author?: string;
  readonly merged?: string;
  readonly pending?: string;
}

async function stateOf(clients: Clients, table: string) {
  const [record, { Item = {} }] = await Promise.all([
    releaseRecord(clients, table),
    clients.dynamodb.send(new GetCommand({ TableName: table, Key: { pk: 'start' }, ConsistentRead: true })),
  ]);
  return { record, start: Item as StartItem };
}

/** AWS's own words in one line. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.replace(/\s+/g, ' ')}` : String(error);
