import { type App, PermissionsBoundary, type Stack } from 'aws-cdk-lib';
import { learnerImages } from '../../pipelines/images';
import { fittedBeside } from '../../pipelines/learners';
import { scheduleOf, secondsOf } from '../config/calendar';
import { namesOf, type Place, type PlatformNames } from '../config/names';
import type { Platform } from '../config/platform';
import type { Project, ProjectEnvironment } from '../config/project';
import { baseModelOf } from '../config/used-base-models';
import { MonitoringStack } from '../stacks/monitoring-stack';
import type { ProjectStackProps } from '../stacks/project-stack-props';
import { ServingStack } from '../stacks/serving-stack';
import { StorageStack } from '../stacks/storage-stack';
import { TrainingStack } from '../stacks/training-stack';
import { tagEverything } from './tags';

export interface ProjectStageProps {
  readonly project: Project;
  readonly settings: ProjectEnvironment;
  readonly approval: Platform['environments'][string]['approval'];
  readonly place: Place;
  readonly platform: { readonly stack: Stack; readonly names: PlatformNames };

  /** Account and region whose registry keeps the images. */
  readonly delivery: { readonly account: string; readonly region: string };

  /** Name of the policy that bounds every role. */
  readonly permissionsBoundary: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly handlers: string;
  readonly images: string;
}

/**
 * The four stacks of one project in one environment. They need the platform, and nothing of each other: their names
 * are literals, so they deploy side by side.
 */
export function addProject(app: App, stage: ProjectStageProps): void {
  const { project, place, platform, tags } = stage;
  const names = namesOf(place);
  const { every } = project.retrain;
  const images = learnerImages(stage.delivery, project, stage.settings, stage.images);
  const propsOf = (what: string): ProjectStackProps => ({
    env: { account: place.account, region: place.region },
    description: `${what} of ${project.name} in ${place.environment}`,
    permissionsBoundary: PermissionsBoundary.fromName(stage.permissionsBoundary),
    project,
    settings: stage.settings,
    approval: stage.approval,
    names,
    platform: platform.names,
    repositoryArn: repositoryArn(stage),
    images: {
      train: images.train.uri,
      serve: images.serve.uri,
      process: images.process.uri,
      cheaper: images.cheaper?.uri,
    },
    weights: weightsOf(stage),
    calendar: {
      monitor: {
        expression: scheduleOf(project.monitor.every),
        seconds: secondsOf(project.monitor.every),
      },
      retrain: every === 'never' ? undefined : scheduleOf(every),
      tick: scheduleOf('day'),
    },
    jobTags: tags,
    handlers: stage.handlers,
  });

  const stacks = [
    new StorageStack(app, names.stacks.storage, propsOf('Data, models and records')),
    new TrainingStack(app, names.stacks.training, propsOf('Training')),
    new ServingStack(app, names.stacks.serving, propsOf('Release and API')),
    new MonitoringStack(app, names.stacks.monitoring, propsOf('Monitoring')),
  ];
  for (const stack of stacks) {
    tagEverything(stack, tags);
    stack.addStackDependency(platform.stack);
  }
}

function weightsOf({ project, settings }: ProjectStageProps): ProjectStackProps['weights'] {
  const { kind, gate } = project;
  const { learner } = settings;
  const hash = baseModelOf(project, settings)?.hash;
  const beside = fittedBeside({ learners: kind.learners, learner, against: gate.cheaper });
  return {
    train: kind.learners[learner]?.weights ? hash : undefined,
    cheaper: kind.learners[beside ?? '']?.weights ? hash : undefined,
  };
}

function repositoryArn({ project, delivery }: ProjectStageProps): string {
  return `arn:aws:ecr:${delivery.region}:${delivery.account}:repository/${project.name}`;
}
