import type { App } from 'aws-cdk-lib';
import type { Config } from '../config/load';
import { deliveryNamesOf, platformNamesOf } from '../config/names';
import { allowedRegions } from '../config/regions';
import { ENVIRONMENT_TAG, environmentTags, projectTags } from '../config/tags';
import { addDelivery } from '../delivery/add-delivery';
import { PlatformStack } from '../stacks/platform-stack';
import { boundDelivery } from './bound-delivery';
import { addProject } from './project-stage';
import { tagEverything } from './tags';

export interface OrganisationOptions {
  /** Folder of the built Lambda handlers, one folder each. */
  readonly handlers: string;

  /** Folder of the images' Dockerfile and `serve`. */
  readonly images: string;
}

/** All stacks of all projects in all environments, flat: the id of a stack is its name. */
export function addOrganisation(app: App, config: Config, options: OrganisationOptions): void {
  const { platform, projects } = config;
  const { guardrails, delivery } = platform;
  const logRoleOwners = new Map<string, PlatformStack>();

  for (const [name, { account, region, network, approval }] of Object.entries(platform.environments)) {
    const place = `${account} ${region}`;
    const logRoleOwner = logRoleOwners.get(place);
    const names = platformNamesOf(name, 'zones' in network ? network.zones.length : network.subnets.length);
    const tags = environmentTags(platform, name);
    const delivering = deliveryNamesOf({ ...delivery, project: '*' }).roles;
    const stack = new PlatformStack(app, names.stack, {
      env: { account, region },
      description: `Network, alerts and guard rails that the projects of ${name} share`,
      organisation: platform.organisation,
      environmentName: name,
      network,
      alerts: platform.alerts,
      guardrails,
      regions: allowedRegions(platform),
      delivery: {
        account: delivery.account,
        roles: delivering.build(name),
        reviewers: delivering.review,
      },
      names,
      costTag: { key: ENVIRONMENT_TAG, value: name },
      ownsApiLogRole: !logRoleOwner,
    });
    tagEverything(stack, tags);
    if (logRoleOwner) stack.addStackDependency(logRoleOwner);
    else logRoleOwners.set(place, stack);

    for (const project of projects) {
      const settings = project.environments[name];
      if (!settings) continue;
      addProject(app, {
        project,
        settings,
        approval,
        place: { project: project.name, environment: name, account, region },
        platform: { stack, names },
        delivery,
        permissionsBoundary: guardrails.permissions_boundary ?? names.boundary,
        tags: projectTags(tags, project),
        ...options,
      });
    }
  }
  for (const project of projects) {
    const stack = addDelivery(app, platform, project, options);
    boundDelivery(stack, platform, project.name);
    tagEverything(stack, projectTags(guardrails.tags, project));
  }
}
