import type { App } from 'aws-cdk-lib';
import type { Config } from '../config/load';
import { platformNamesOf } from '../config/names';
import { PlatformStack } from '../stacks/platform-stack';
import { addProject } from './project-stage';

export interface OrganisationOptions {
  /** Folder of the built Lambda handlers, one folder each. */
  readonly handlers: string;

  /** Folder of the images' Dockerfile and `serve`. */
  readonly images: string;
}

/** All stacks of all projects in all environments, flat: the id of a stack is its name. */
export function addOrganisation(app: App, config: Config, options: OrganisationOptions): void {
  const { platform, projects } = config;
  const logRoleOwners = new Set<string>();

  for (const [name, { account, region, network }] of Object.entries(platform.environments)) {
    const place = `${account} ${region}`;
    const ownsApiLogRole = !logRoleOwners.has(place);
    logRoleOwners.add(place);

    const names = platformNamesOf(name, 'zones' in network ? network.zones.length : network.subnets.length);
    const tags = { ...platform.guardrails.tags, 'mlops:environment': name };
    const stack = new PlatformStack(app, names.stack, {
      env: { account, region },
      description: `Network and alerts that the projects of ${name} share`,
      environmentName: name,
      zones: 'zones' in network ? network.zones : [],
      alerts: platform.alerts,
      names,
      ownsApiLogRole,
      tags,
    });
    for (const project of projects) {
      const settings = project.environments[name];
      if (!settings) continue;
      addProject(app, {
        project,
        settings,
        place: { project: project.name, environment: name, account, region },
        platform: { stack, names },
        delivery: platform.delivery,
        tags: { ...tags, 'mlops:project': project.name },
        ...options,
      });
    }
  }
}
