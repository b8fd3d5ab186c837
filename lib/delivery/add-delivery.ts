import { type App, PermissionsBoundary, type Stack } from 'aws-cdk-lib';
import { baseRepository } from '../../pipelines/base-image';
import { environmentsOf } from '../../pipelines/learners';
import { deliveryNamesOf, platformNamesOf } from '../config/names';
import { costlierNext } from '../config/next-learner';
import type { Platform } from '../config/platform';
import type { Project, ProjectEnvironment } from '../config/project';
import { DeliveryStack } from './delivery-stack';

/** Adds what delivers one project, in the delivery account: through its environments in the order of platform.yaml. */
export function addDelivery(
  app: App,
  platform: Platform,
  project: Project,
  options: { readonly handlers: string },
): Stack {
  const { account, region, ...source } = platform.delivery;
  const names = deliveryNamesOf({ project: project.name, account, region });
  const places = Object.entries(platform.environments).flatMap(([name, place]) => {
    const settings = project.environments[name];
    return settings ? [{ name, place, settings }] : [];
  });

  const boundary = platform.guardrails.permissions_boundary;
  return new DeliveryStack(app, names.stack, {
    env: { account, region },
    description: `Delivery of ${project.name}`,
    // The platform's own boundary is made in the accounts of environments.
    ...(boundary && { permissionsBoundary: PermissionsBoundary.fromName(boundary) }),
    project: { name: project.name, kind: project.kind.name, owner: project.owner },
    names,
    source,
    environments: places.map(({ name, place }) => {
      const roles = platformNamesOf(name, 0);
      const roleArn = (role: string) => `arn:aws:iam::${place.account}:role/${role}`;
      return {
        name,
        account: place.account,
        roleArn: roleArn(roles.deliveryRole),
        reviewRoleArn: roleArn(roles.reviewRole),
        approval: place.approval.stacks === 'person',
        smoke: costlierNext(platform, project, name) !== undefined,
      };
    }),
    baseRepositoryArns: basesOf(
      project,
      places.map(({ settings }) => settings),
      region,
    ),
    longestTrainingHours: Math.max(...places.map(({ settings }) => settings.train.max_hours)),
    handlers: options.handlers,
  });
}

/** Repositories of the Deep Learning Containers that images of these environments are built on, each once. */
function basesOf(
  { kind, gate }: Project,
  environments: readonly ProjectEnvironment[],
  region: string,
): string[] {
  const arns = environments.flatMap(({ learner, serve }) => {
    const training = { learners: kind.learners, learner, against: gate.cheaper };
    return Object.values(environmentsOf(training, serve.instance) ?? {}).flatMap((name) => {
      const base = kind.environments[name ?? '']?.base;
      return base ? [baseRepository(region, base.image).arn] : [];
    });
  });
  return [...new Set(arns)];
}
