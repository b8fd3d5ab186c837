import type { Config } from '../../lib/config/load';
import { accessTo } from '../aws/credentials';
import { type Clients, clientsOf } from './clients';
import { type DeliveryState, deliveryAccess, deliveryState } from './delivery';
import { type EnvironmentStatus, environmentStatus, sentenceOf } from './environment-status';
import { type Subject, subjectsOf } from './subject';

/** Environments that are looked at side by side; AWS limits how often its lists may be asked for. */
const AT_ONCE = 6;

/**
 * Where every project stands in every environment.
 *
 * @param environment only this one. @default - all of them
 */
export async function status(
  config: Config,
  environment: string | undefined,
  now: Date,
): Promise<EnvironmentStatus[]> {
  const { platform } = config;
  const subjects = subjectsOf(config, environment);
  // One look at the credentials for all projects of an environment.
  const clients = new Map<string, Promise<Clients>>();
  const clientsFor = ({ at }: Subject): Promise<Clients> => {
    const known = clients.get(at.name) ?? accessTo(at).then(clientsOf);
    clients.set(at.name, known);
    return known;
  };
  const delivery = deliveryAccess(platform);
  delivery.catch(() => undefined); // told where it is asked for
  const deliveries = new Map<string, Promise<DeliveryState | string | undefined>>();
  /** Its state, why that is not known, or undefined where there is no delivery yet. */
  const deliveryOf = (project: string): Promise<DeliveryState | string | undefined> => {
    const known =
      deliveries.get(project) ??
      delivery.then((access) => deliveryState(access, platform, project)).catch(whyNot);
    deliveries.set(project, known);
    return known;
  };

  return inTurn(subjects, AT_ONCE, async (subject) => {
    const [seen, delivered] = await Promise.all([
      clientsFor(subject)
        .then((services) => environmentStatus(services, subject, now))
        .catch((error: unknown) => unreachable(subject, error)),
      deliveryOf(subject.project.name),
    ]);
    const asked = platform.environments[subject.at.name]?.approval.stacks === 'person';
    return withDelivery(seen, delivered, asked);
  });
}

function unreachable({ project, at }: Subject, error: unknown): EnvironmentStatus {
  return {
    project: project.name,
    environment: at.name,
    unreachable: whyNot(error),
    waiting: [],
    alarms: [],
    retrain: {},
    notes: [],
  };
}

/** A sentence that says what to do, or AWS's own words. */
const whyNot = (error: unknown): string =>
  error instanceof Error && (error as { expected?: boolean }).expected ? error.message : sentenceOf(error);

/**
 * Adds what the project's pipeline waits for before this environment.
 *
 * @param asked whether a person is asked before stacks change here: otherwise nobody need know that it cannot be seen
 */
function withDelivery(
  seen: EnvironmentStatus,
  delivery: DeliveryState | string | undefined,
  asked: boolean,
): EnvironmentStatus {
  if (delivery === undefined) return seen;
  if (typeof delivery === 'string') {
    const note = `whether the stacks wait for approval cannot be seen: ${delivery}`;
    return asked && seen.unreachable === undefined ? { ...seen, notes: [...seen.notes, note] } : seen;
  }
  const since = delivery.waiting.get(seen.environment);
  const failed = delivery.failed.filter((stage) => stage.toLowerCase().startsWith(seen.environment));
  return {
    ...seen,
    waiting: [
      ...(since ? [{ what: 'the stacks', for: 'a person' as const, since, command: undefined }] : []),
      ...seen.waiting,
    ],
    notes: [...seen.notes, ...failed.map((stage) => `the stage ${stage} of the delivery failed`)],
  };
}

/** Does some work for each, a few at once, and keeps the order. */
async function inTurn<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) {
      const one = all[index];
      if (one !== undefined) results[index] = await work(one);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
