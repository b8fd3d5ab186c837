import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentsOf, type Learners } from './learners';

/** A Python environment a kind declares: where its lock is and which Python it is for. */
export interface PythonEnvironment {
  readonly name: string;
  /** Folder with requirements.lock. */
  readonly folder: string;
  /** Minor version, such as `3.11`. */
  readonly python: string;
  /** Deep Learning Container that the image is built on, `repository:tag`; without it Python's own image is. */
  readonly base?: string | undefined;
}

/** SageMaker's CPU and GPU instances of the supported families. */
const PLATFORM = 'linux/amd64';

/** Dockerfile and `serve`, the same for every environment. */
export const IMAGE_FOLDER = join('pipelines', 'image');

/** Name of the lock that goes into the image: one on a container leaves out what that brings. */
export const imageLock = ({ base }: PythonEnvironment): string => (base ? 'image.lock' : 'requirements.lock');

/**
 * URI of the image of a Python environment in the delivery account's repository for the project.
 *
 * The tag is a hash of all that goes into the image (lock, Python, platform, container it is built on, Dockerfile,
 * `serve`), so an image is built once, a tag never changes its content, and a change of requirements is a change of the
 * template.
 *
 * @param imageFolder folder of the Dockerfile and `serve`
 * @throws when the lock is missing
 */
export function imageUri(
  registry: { readonly account: string; readonly region: string },
  project: string,
  environment: PythonEnvironment,
  imageFolder: string,
): string {
  const lock = join(environment.folder, imageLock(environment));
  if (!existsSync(lock)) {
    throw new Error(
      `${lock}: the lock is missing; copy it from the template, or make it: npm run lock -- ${project}`,
    );
  }
  const hash = createHash('sha256').update(`${PLATFORM}\0${environment.python}\0${environment.base ?? ''}\0`);
  for (const file of [lock, join(imageFolder, 'Dockerfile'), join(imageFolder, 'serve')]) {
    hash.update(readFileSync(file)).update('\0');
  }
  const tag = `${environment.name}-${hash.digest('hex').slice(0, 16)}`;
  return `${registry.account}.dkr.ecr.${registry.region}.amazonaws.com/${project}:${tag}`;
}

/** What of a kind decides its images: which environments its learners train and serve in, and where those lie. */
interface Kind {
  readonly folder: string;
  readonly learners: Learners;
  readonly environments: Readonly<
    Record<
      string,
      {
        readonly folder: string;
        readonly python: string;
        readonly base?: { readonly image: string } | undefined;
      }
    >
  >;
}

/** What of a project decides its images. */
interface ImagedProject {
  readonly name: string;
  readonly folder: string;
  readonly kind: Kind;
  readonly gate: { readonly cheaper: string };
}

/** An image, and the Python environment it is made of. */
export interface Image {
  readonly uri: string;
  readonly environment: PythonEnvironment;
}

/** The images of a training and of what comes of it, as `EnvironmentNames` says. */
export interface LearnerImages {
  readonly train: Image;
  readonly serve: Image;
  readonly process: Image;
  readonly cheaper: Image | undefined;
}

/**
 * The images that an environment of a project needs.
 *
 * @param chosen its learner, and the machine that serves
 * @throws when the kind has no such learner, or the learner names an environment that the kind does not declare, or a
 * lock is missing
 */
export function learnerImages(
  registry: { readonly account: string; readonly region: string },
  project: ImagedProject,
  chosen: { readonly learner: string; readonly serve: { readonly instance: string } },
  imageFolder: string,
): LearnerImages {
  const { kind, gate } = project;
  const { learner } = chosen;
  const image = (name: string | undefined): Image => {
    const declared = name ? kind.environments[name] : undefined;
    if (!name || !declared) {
      throw new Error(
        `${join(kind.folder, 'kind.yaml')} names no Python environment ${name} for learner ${learner}`,
      );
    }
    const { folder, python, base } = declared;
    const environment = { name, folder: join(project.folder, folder), python, base: base?.image };
    return { uri: imageUri(registry, project.name, environment, imageFolder), environment };
  };
  const training = { learners: kind.learners, learner, against: gate.cheaper };
  const names = environmentsOf(training, chosen.serve.instance);
  return {
    train: image(names?.train),
    serve: image(names?.serve),
    process: image(names?.process),
    cheaper: names?.cheaper === undefined ? undefined : image(names.cheaper),
  };
}

/** Those images, each once. */
export function distinctImages(of: readonly LearnerImages[]): Image[] {
  const all = of.flatMap(({ train, serve, process, cheaper }) => [
    train,
    serve,
    process,
    ...(cheaper ? [cheaper] : []),
  ]);
  return [...new Map(all.map((image) => [image.uri, image])).values()];
}
