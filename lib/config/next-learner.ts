import type { Platform } from './platform';
import type { Project, ProjectEnvironment } from './project';

/**
 * The settings of the environment that delivery goes to after this one, where its learner is costlier: kinds list their
 * learners from cheap to costly, and a costlier one is tried out in the environment before.
 *
 * @returns undefined where there is no next environment, or its learner costs no more
 */
export function costlierNext(
  platform: Platform,
  { kind, environments }: Pick<Project, 'kind' | 'environments'>,
  environment: string,
): ProjectEnvironment | undefined {
  const order = Object.keys(platform.environments).filter((name) => name in environments);
  const next = environments[order[order.indexOf(environment) + 1] ?? ''];
  const costs = Object.keys(kind.learners);
  const here = environments[environment]?.learner ?? '';
  return next && costs.indexOf(next.learner) > costs.indexOf(here) ? next : undefined;
}
