import type { Config } from '../../lib/config/load';
import { placeholdersIn } from '../../lib/config/placeholders';
import { type Access, accessTo, type Destination, NoAccess } from '../aws/credentials';
import { Refusal } from '../terminal/refusal';
import { DELIVERY_CHECKS, ENVIRONMENT_CHECKS, MACHINE_CHECKS } from './catalogue';
import { observe } from './check';
import { error, type Finding, ok, skipped } from './finding';
import type { Machine } from './machine';
import { DELIVERY, type Subject, subjectOf } from './subject';

/** Group of the findings about this machine and checkout. */
export const MACHINE = 'this machine';

/** What doctor is asked, and what it may use. */
export interface Examination {
  readonly machine: Machine;
  /** An environment of platform.yaml, or `delivery`. @default - all of them, and `delivery` */
  readonly only: string | undefined;
  /** Says what is being looked at. */
  readonly say: (line: string) => void;
  /** @default - the current credentials, or those of a profile */
  readonly access?: (destination: Destination) => Promise<Access>;
}

/**
 * Looks at everything that must be right before something is deployed, trained or released. Only reads.
 *
 * @returns findings in the order of machine, delivery and environments; a check that cannot look says so in one
 * @throws Refusal for an environment that platform.yaml does not have
 */
export async function examine(examination: Examination): Promise<Finding[]> {
  const { machine, say } = examination;
  const { config } = machine;
  const destinations = destinationsOf(config, examination.only);
  say('this machine and this checkout');
  const local = await Promise.all(MACHINE_CHECKS.map((check) => observe(check, machine, MACHINE)));
  const tried = await Promise.all(destinations.map((destination) => enter(examination, destination)));
  const nowhere = reachedNowhere(tried);
  if (nowhere) return [...local.flat(), nowhere];

  const remote: Finding[] = [];
  for (const { destination, access, refused } of tried) {
    const { name } = destination;
    if (!access) {
      remote.push(...(refused ? [refusedFinding(machine, destination, refused)] : []));
      continue;
    }
    say(`${name}: account ${access.account} in ${access.region}, as ${access.callerArn}`);
    remote.push(entered(name, access), ...(await look(subjectOf(name, access, config))));
  }
  return [...local.flat(), ...remote];
}

async function look(subject: Subject): Promise<Finding[]> {
  const checks = subject.name === DELIVERY ? DELIVERY_CHECKS : ENVIRONMENT_CHECKS;
  const findings = await Promise.all(
    checks.map((check) => observe(check, subject, subject.name, subject.caller)),
  );
  return findings.flat();
}

function destinationsOf({ platform }: Config, only: string | undefined): Destination[] {
  const all = Object.entries({ [DELIVERY]: platform.delivery, ...platform.environments }).map(
    ([name, { account, region }]) => ({ name, account, region }),
  );
  if (only === undefined) return all;
  const chosen = all.filter(({ name }) => name === only);
  if (chosen.length > 0) return chosen;
  throw new Refusal(
    `"${only}" is no environment of platform.yaml; doctor knows ${all.map(({ name }) => name).join(', ')}`,
  );
}

interface Tried {
  readonly destination: Destination;
  readonly access?: Access;
  readonly refused?: NoAccess;
}

async function enter({ access = accessTo }: Examination, destination: Destination): Promise<Tried> {
  try {
    return { destination, access: await access(destination) };
  } catch (thrown) {
    if (thrown instanceof NoAccess) return { destination, refused: thrown };
    throw thrown;
  }
}

/** No network and no credentials are the same everywhere, and said once. */
function reachedNowhere(tried: readonly Tried[]): Finding | undefined {
  const reasons = tried.map(({ refused }) => refused);
  const [first] = reasons;
  if (!first || reasons.some((refused) => refused?.why !== first.why)) return undefined;
  const names = tried.map(({ destination }) => destination.name).join(', ');
  const stamp = { environment: MACHINE, check: 'credentials' };
  if (first.why === 'unreachable') {
    return {
      ...error(`${first.message}; ${names} were not looked at`, 'run doctor again where there is a network'),
      ...stamp,
    };
  }
  if (first.why !== 'no credentials') return undefined;
  return {
    ...error(
      `there are no AWS credentials here, so ${names} were not looked at`,
      'sign in (aws sso login, or AWS_PROFILE=…), or give ~/.aws/config the profiles ' +
        tried.map(({ destination }) => `mlops-${destination.name}`).join(', '),
    ),
    ...stamp,
  };
}

function entered(environment: string, { account, region, callerArn }: Access): Finding {
  return { ...ok(`account ${account} in ${region}, as ${callerArn}`), environment, check: 'credentials' };
}

/** An example account is nobody's: that it cannot be entered is no news. */
function refusedFinding({ projects }: Machine, { name, account }: Destination, refused: NoAccess): Finding {
  const isExample = placeholdersIn(`${projects}/platform.yaml`).some(({ value }) => value === account);
  const seen = isExample
    ? skipped(`not looked at: account ${account} is the example of the template`, 'npm run init')
    : error(refused.message.split('. ')[0] ?? refused.message, remedyOf(name, account));
  return { ...seen, environment: name, check: 'credentials' };
}

const remedyOf = (name: string, account: string): string =>
  `sign in to account ${account} (aws sso login, or AWS_PROFILE=…), or give ~/.aws/config a profile [profile mlops-${name}] for it`;
