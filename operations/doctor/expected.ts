import { deliveryNamesOf, namesOf, type PlatformNames, platformNamesOf } from '../../lib/config/names';
import { DELIVERY, type Subject } from './subject';

type Where = Pick<Subject, 'name' | 'account' | 'region' | 'config' | 'projects'>;

/** A stack that should be deployed, and what it belongs to. */
export interface ExpectedStack {
  readonly name: string;
  /** @default - it is the platform's */
  readonly project?: string;
}

/** The stacks of an environment: its platform, and four a project; of `delivery`, one a project. */
export function expectedStacks({ name, account, region, config, projects }: Where): ExpectedStack[] {
  if (name === DELIVERY) {
    return projects.map(({ name: project }) => ({
      name: deliveryNamesOf({ project, account, region }).stack,
      project,
    }));
  }
  const ofProjects = projects.flatMap(({ name: project }) =>
    Object.values(namesOf({ project, environment: name, account, region }).stacks).map((stack) => ({
      name: stack,
      project,
    })),
  );
  const platform = platformOf({ name, config });
  return [...(platform ? [{ name: platform.stack }] : []), ...ofProjects];
}

/** Names of the platform of an environment, or undefined where there is none: in `delivery`. */
export function platformOf({ name, config }: Pick<Where, 'name' | 'config'>): PlatformNames | undefined {
  const environment = config.platform.environments[name];
  if (!environment) return undefined;
  const { network } = environment;
  return platformNamesOf(name, 'zones' in network ? network.zones.length : network.subnets.length);
}
