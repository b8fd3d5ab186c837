import type { Config } from '../../lib/config/load';
import { type Names, namesOf } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Project } from '../../lib/config/project';
import type { Destination } from '../aws/credentials';
import { Refusal } from '../terminal/refusal';

/** A project in one environment: what is looked at and decided on. */
export interface Subject {
  readonly project: Project;
  readonly names: Names;

  /** Where it runs, by the environment's name. */
  readonly at: Destination;

  /** Who approves its models. */
  readonly approval: Platform['environments'][string]['approval']['model'];
}

/** Every project in every environment it runs in, in the order of the files. */
export function subjectsOf({ platform, projects }: Config, environment?: string): Subject[] {
  if (environment !== undefined) requireKnown(platform, environment);
  return projects.flatMap((project) =>
    environmentsOf(platform, project)
      .filter((name) => environment === undefined || name === environment)
      .flatMap((name) => subject(platform, project, name) ?? []),
  );
}

/**
 * A project in one environment.
 *
 * @param environment by default the last of platform.yaml that the project runs in
 * @throws Refusal when it does not run there
 */
export function subjectOf(platform: Platform, project: Project, environment?: string): Subject {
  const all = environmentsOf(platform, project);
  const name = environment ?? all.at(-1) ?? '';
  const found = all.includes(name) ? subject(platform, project, name) : undefined;
  if (found) return found;
  throw new Refusal(
    `project ${project.name} does not run in "${name}"; its environments in platform.yaml: ${all.join(', ') || 'none'}`,
  );
}

function subject(platform: Platform, project: Project, name: string): Subject | undefined {
  const place = platform.environments[name];
  if (!place) return undefined;
  const { account, region, approval } = place;
  return {
    project,
    names: namesOf({ project: project.name, environment: name, account, region }),
    at: { name, account, region },
    approval: approval.model,
  };
}

const environmentsOf = (platform: Platform, project: Project): string[] =>
  Object.keys(platform.environments).filter((name) => project.environments[name] !== undefined);

function requireKnown(platform: Platform, environment: string): void {
  const known = Object.keys(platform.environments);
  if (known.includes(environment)) return;
  throw new Refusal(`platform.yaml has no environment "${environment}"; it has ${known.join(', ')}`);
}
