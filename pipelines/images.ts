import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Python environment a kind declares: where its lock is and which Python it is for. */
export interface PythonEnvironment {
  readonly name: string;
  /** Folder with requirements.lock. */
  readonly folder: string;
  /** Minor version, such as `3.11`. */
  readonly python: string;
}

/** SageMaker's CPU and GPU instances of the supported families. */
const PLATFORM = 'linux/amd64';

/** Dockerfile and `serve`, the same for every environment. */
export const IMAGE_FOLDER = join('pipelines', 'image');

/**
 * URI of the image of a Python environment in the delivery account's repository for the project.
 *
 * The tag is a hash of all that goes into the image (lock, Python, platform, Dockerfile, `serve`), so an image is built
 * once, a tag never changes its content, and a change of requirements is a change of the template.
 *
 * @param imageFolder folder of the Dockerfile and `serve`
 */
export function imageUri(
  registry: { readonly account: string; readonly region: string },
  project: string,
  environment: PythonEnvironment,
  imageFolder: string,
): string {
  const hash = createHash('sha256').update(`${PLATFORM}\0${environment.python}\0`);
  for (const file of [
    join(environment.folder, 'requirements.lock'),
    join(imageFolder, 'Dockerfile'),
    join(imageFolder, 'serve'),
  ]) {
    hash.update(readFileSync(file)).update('\0');
  }
  const tag = `${environment.name}-${hash.digest('hex').slice(0, 16)}`;
  return `${registry.account}.dkr.ecr.${registry.region}.amazonaws.com/${project}:${tag}`;
}

/** What of a kind decides its images: which environments its learners train and serve in, and where those lie. */
interface Learners {
  readonly learners: Readonly<Record<string, { readonly train: string; readonly serve: string }>>;
  readonly environments: Readonly<Record<string, { readonly folder: string; readonly python: string }>>;
}

/** An image, and the Python environment it is made of. */
export interface Image {
  readonly uri: string;
  readonly environment: PythonEnvironment;
}

/**
 * The images that a project's learner trains and serves in; the same one twice where the kind says so.
 *
 * @throws when the kind has no such learner, or the learner names an environment that the kind does not declare
 */
export function learnerImages(
  registry: { readonly account: string; readonly region: string },
  project: {
    readonly name: string;
    readonly folder: string;
    readonly kind: Learners & { readonly folder: string };
  },
  learner: string,
  imageFolder: string,
): { readonly train: Image; readonly serve: Image } {
  const { kind } = project;
  const named = kind.learners[learner];
  const image = (name: string | undefined): Image => {
    const declared = name ? kind.environments[name] : undefined;
    if (!name || !declared) {
      throw new Error(
        `${join(kind.folder, 'kind.yaml')} names no Python environment ${name} for learner ${learner}`,
      );
    }
    const environment = { name, folder: join(project.folder, declared.folder), python: declared.python };
    return { uri: imageUri(registry, project.name, environment, imageFolder), environment };
  };
  return { train: image(named?.train), serve: image(named?.serve) };
}
