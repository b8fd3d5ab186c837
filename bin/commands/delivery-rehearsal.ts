import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deliveryNamesOf, namesOf, platformNamesOf } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Project } from '../../lib/config/project';
import { modelsIn } from '../../lib/config/used-base-models';
import { distinctImages, IMAGE_FOLDER, learnerImages } from '../../pipelines/images';
import type { DeliveryRehearsal } from '../../rehearsal/delivery/rehearse-delivery';
import { weightsFolder } from '../../workbench/weights/fetch';
import { standInsFor } from './image-stand-ins';
import { EMULATOR, REHEARSAL_FOLDER } from './python';

/** What the rehearsal of a project's delivery is made of. */
export function deliveryRehearsalOf(
  platform: Platform,
  project: Project,
  options: {
    readonly projects: string;
    readonly json?: string;
    readonly verbose?: boolean;
    readonly quick?: boolean;
  },
): DeliveryRehearsal {
  const { account, region } = platform.delivery;
  const names = deliveryNamesOf({ project: project.name, account, region });
  const places = Object.entries(platform.environments).flatMap(([name, place]) => {
    const settings = project.environments[name];
    return settings ? [{ name, place, settings }] : [];
  });
  const images = places.map(({ settings }) =>
    learnerImages(platform.delivery, project, settings, IMAGE_FOLDER),
  );
  return {
    project: project.name,
    projects: options.projects,
    delivery: { account, region },
    environments: places.map(({ name, place, settings }) => ({
      name,
      account: place.account,
      region: place.region,
      platformStack: platformNamesOf(name, 0).stack,
      deliveryRole: platformNamesOf(name, 0).deliveryRole,
      data: settings.data,
      models: namesOf({ project: project.name, environment: name, ...place }).modelPackageGroup,
      artifactsBucket: namesOf({ project: project.name, environment: name, ...place }).artifactsBucket,
      weights: modelsIn(platform, project, name).map((model) => ({
        ...model,
        folder: weightsFolder(REHEARSAL_FOLDER, model),
      })),
      approval: place.approval.model,
    })),
    stack: names.stack,
    pipeline: names.pipeline,
    sample: sampleOf(project.folder),
    images: standInsFor(distinctImages(images)),
    emulator: EMULATOR,
    directory: REHEARSAL_FOLDER,
    quick: options.quick === true,
    json: options.json,
    verbose: options.verbose === true,
  };
}

/** Rows that stand in for data which only AWS has. */
function sampleOf(folder: string): string[] {
  const sample = join(folder, 'sample');
  if (!existsSync(sample)) return [];
  return readdirSync(sample)
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .map((file) => join(sample, file));
}
