import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DescribeImagesCommand, type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { deliveryNamesOf } from '../../lib/config/names';
import { baseImageUri, baseRepository } from '../../pipelines/base-image';
import { distinctImages, IMAGE_FOLDER, type Image, imageLock, learnerImages } from '../../pipelines/images';
import { Refusal } from '../terminal/refusal';
import { type Delivery, Failed } from './delivery';

/** Runs docker to its end, with `input` on its standard input; answers its exit code. */
export type Docker = (args: readonly string[], input?: string) => Promise<number>;

/**
 * Builds and pushes the images that the project's learners need and the registry does not have. A tag is a hash of all
 * that goes into the image, so one that is there is the right one.
 *
 * @returns a sentence for the log
 * @throws Failed when docker does
 */
export async function buildImages(
  delivery: Delivery,
  ecr: Pick<ECRClient, 'send'>,
  docker: Docker = dockerOf(delivery),
): Promise<string> {
  const { project, say } = delivery;
  const images = imagesOf(delivery);
  const missing: Image[] = [];
  for (const image of images) if (!(await isThere(ecr, delivery, image))) missing.push(image);
  if (missing.length === 0) return `the ${images.length} images of ${project.name} are there`;

  const { region } = delivery.platform.delivery;
  const bases = missing.flatMap(({ environment: { base } }) => base ?? []);
  await logIn(ecr, docker, [...new Set(bases.map((base) => baseRepository(region, base).registry))]);
  for (const image of missing) {
    say(`building ${image.uri}: its tag is missing`);
    await build(image, region, docker);
    const pushed = await docker(['push', image.uri]);
    // Another run may have pushed the same tag meanwhile, which never changes.
    if (pushed !== 0 && !(await isThere(ecr, delivery, image))) {
      throw new Failed(
        `${image.uri} was not pushed (docker ended with ${pushed}, see above); try the stage again`,
      );
    }
  }
  return `${missing.length} of ${images.length} images built and pushed`;
}

/** Images of all environments, each once. */
function imagesOf({ platform, project }: Delivery): Image[] {
  return distinctImages(
    Object.values(project.environments).map((chosen) =>
      learnerImages(platform.delivery, project, chosen, IMAGE_FOLDER),
    ),
  );
}

async function isThere(ecr: Pick<ECRClient, 'send'>, { platform, project }: Delivery, { uri }: Image) {
  const { repository, stack } = deliveryNamesOf({ ...platform.delivery, project: project.name });
  const imageTag = uri.split(':').at(-1);
  try {
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag }] }),
    );
    return imageDetails.length > 0;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'ImageNotFoundException') return false;
    if (name !== 'RepositoryNotFoundException') throw error;
    throw new Refusal(
      `the registry of ${platform.delivery.account} has no repository ${repository} · it is made by the delivery stack: npx cdk deploy ${stack}`,
    );
  }
}

/**
 * Signs in to our registry and those that bases come from: one token is good for every registry whose policy lets us in.
 *
 * The password goes through standard input: arguments can be read by every process of the machine.
 */
async function logIn(
  ecr: Pick<ECRClient, 'send'>,
  docker: Docker,
  registries: readonly string[],
): Promise<void> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken = '', proxyEndpoint = '' } = authorizationData?.[0] ?? {};
  const password = Buffer.from(authorizationToken, 'base64').toString('utf8').replace(/^AWS:/, '');
  for (const registry of [proxyEndpoint, ...registries]) {
    const code = await docker(['login', '--username', 'AWS', '--password-stdin', registry], password);
    if (code !== 0) throw new Failed(`docker could not sign in to ${registry} (it ended with ${code})`);
  }
}

async function build({ uri, environment }: Image, region: string, docker: Docker): Promise<void> {
  const { base, folder, python } = environment;
  const variables = {
    PYTHON: python,
    LOCK: imageLock(environment),
    ...(base && { BASE: baseImageUri(region, base) }),
  };
  const code = await docker([
    'build',
    '--platform=linux/amd64',
    // SageMaker takes a plain manifest, and no index of an image and where it comes from.
    '--provenance=false',
    ...Object.entries(variables).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    '--build-context',
    `lock=${folder}`,
    '--file',
    join(IMAGE_FOLDER, 'Dockerfile'),
    '--tag',
    uri,
    IMAGE_FOLDER,
  ]);
  if (code !== 0) throw new Failed(`${uri} was not built (docker ended with ${code}, see above)`);
}

function dockerOf({ env }: Delivery): Docker {
  return (args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn('docker', args, {
        env: { ...env, DOCKER_BUILDKIT: '1' },
        stdio: ['pipe', 'inherit', 'inherit'],
      });
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? new Refusal('docker is not installed; CodeBuild has it') : error),
      );
      child.once('close', (code) => resolve(code ?? 1));
      child.stdin.end(input ?? '');
    });
}
