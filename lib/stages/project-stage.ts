import { join } from 'node:path';
import type { App, Stack } from 'aws-cdk-lib';
import { imageUri } from '../../pipelines/images';
import { scheduleOf, secondsOf } from '../config/calendar';
import { namesOf, type Place, type PlatformNames } from '../config/names';
import type { Project, ProjectEnvironment } from '../config/project';
import { MonitoringStack } from '../stacks/monitoring-stack';
import type { ProjectStackProps } from '../stacks/project-stack-props';
import { ServingStack } from '../stacks/serving-stack';
import { StorageStack } from '../stacks/storage-stack';
import { TrainingStack } from '../stacks/training-stack';

export interface ProjectStageProps {
  readonly project: Project;
  readonly settings: ProjectEnvironment;
  readonly place: Place;
  readonly platform: { readonly stack: Stack; readonly names: PlatformNames };

  /** Account and region whose registry keeps the images. */
  readonly delivery: { readonly account: string; readonly region: string };
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
  const propsOf = (what: string): ProjectStackProps => ({
    env: { account: place.account, region: place.region },
    description: `${what} of ${project.name} in ${place.environment}`,
    tags: { ...tags },
    project,
    settings: stage.settings,
    names,
    platform: platform.names,
    repositoryArn: repositoryArn(stage),
    images: imagesOf(stage),
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
  for (const stack of stacks) stack.addStackDependency(platform.stack);
}

/** The images of the learner's two Python environments, named by what is in them. */
function imagesOf({ project, settings, delivery, images }: ProjectStageProps): {
  train: string;
  serve: string;
} {
  const learner = project.kind.learners[settings.learner];
  const image = (name: string | undefined) => {
    const environment = name ? project.kind.environments[name] : undefined;
    if (!name || !environment) {
      throw new Error(
        `${project.kind.folder}/kind.yaml names no Python environment ${name} for ${settings.learner}`,
      );
    }
    const { folder, python } = environment;
    return imageUri(delivery, project.name, { name, folder: join(project.folder, folder), python }, images);
  };
  return { train: image(learner?.train), serve: image(learner?.serve) };
}

function repositoryArn({ project, delivery }: ProjectStageProps): string {
  return `arn:aws:ecr:${delivery.region}:${delivery.account}:repository/${project.name}`;
}
