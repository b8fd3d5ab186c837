import { DescribeImagesCommand, ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { buildImages } from '../../../operations/delivery/image';
import { testDelivery } from './delivery-of-a-test';

const { delivery, projects } = testDelivery();
const ecr = mockClient(ECRClient);
const client = new ECRClient({ region: 'eu-west-1' });
afterAll(() => projects.remove());

const named = (name: string) => Object.assign(new Error(name), { name });

function docker(codes: Readonly<Record<string, number>> = {}) {
  const runs: { readonly args: readonly string[]; readonly input: string | undefined }[] = [];
  const run = async (args: readonly string[], input?: string) => {
    runs.push({ args, input });
    return codes[args[0] ?? ''] ?? 0;
  };
  return { runs, run };
}

beforeEach(() => {
  ecr.reset();
  ecr.on(GetAuthorizationTokenCommand).resolves({
    authorizationData: [
      {
        authorizationToken: Buffer.from('AWS:secret').toString('base64'),
        proxyEndpoint: 'https://000011112222.dkr.ecr.eu-west-1.amazonaws.com',
      },
    ],
  });
});

test('an image whose tag is there is not built', async () => {
  ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{}] });
  const { runs, run } = docker();

  expect(await buildImages(delivery, client, run)).toBe('the 1 images of mail are there');
  expect(runs).toEqual([]);
});

test('a missing image is built from its lock for SageMaker’s machines, and pushed', async () => {
  ecr.on(DescribeImagesCommand).rejects(named('ImageNotFoundException'));
  const { runs, run } = docker();

  await buildImages(delivery, client, run);

  const [login, build, push] = runs.map(({ args }) => args);
  const uri = expect.stringMatching(
    /^000011112222\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/mail:linear-[0-9a-f]{16}$/,
  );
  expect(login?.slice(0, 3)).toEqual(['login', '--username', 'AWS']);
  expect(build).toEqual(
    expect.arrayContaining([
      '--platform=linux/amd64',
      '--provenance=false',
      'PYTHON=3.11',
      expect.stringMatching(/^lock=.*mail\/environments\/linear$/),
      uri,
    ]),
  );
  expect(push).toEqual(['push', uri]);
});

test('the password is in no argument', async () => {
  ecr.on(DescribeImagesCommand).rejects(named('ImageNotFoundException'));
  const { runs, run } = docker();

  await buildImages(delivery, client, run);

  expect(runs[0]?.input).toBe('secret');
  expect(JSON.stringify(runs.map(({ args }) => args))).not.toContain('secret');
});

test('an image that another run pushed meanwhile is the right one', async () => {
  ecr
    .on(DescribeImagesCommand)
    .rejectsOnce(named('ImageNotFoundException'))
    .resolves({ imageDetails: [{}] });

  await expect(buildImages(delivery, client, docker({ push: 1 }).run)).resolves.toBe(
    '1 of 1 images built and pushed',
  );
});

test.each(['login', 'build', 'push'])('a %s that fails fails the step', async (command) => {
  ecr.on(DescribeImagesCommand).rejects(named('ImageNotFoundException'));

  await expect(buildImages(delivery, client, docker({ [command]: 17 }).run)).rejects.toThrow(/ended with 17/);
});

test('a missing repository is named with the stack that makes it', async () => {
  ecr.on(DescribeImagesCommand).rejects(named('RepositoryNotFoundException'));

  await expect(buildImages(delivery, client, docker().run)).rejects.toThrow(
    'the registry of 000011112222 has no repository mail · it is made by the delivery stack: npx cdk deploy mail-delivery',
  );
});

test('an image for GPUs is built on a container of AWS, from its own registry, with what that lacks', async () => {
  ecr.on(DescribeImagesCommand).rejects(named('ImageNotFoundException'));
  const { runs, run } = docker();
  const { prod } = delivery.project.environments;
  if (!prod) throw new Error('the project runs in prod');
  const chosen = { ...prod, learner: 'transformer' };

  await buildImages(
    { ...delivery, project: { ...delivery.project, environments: { prod: chosen } } },
    client,
    run,
  );

  const registry = '763104351884.dkr.ecr.eu-west-1.amazonaws.com';
  const [ours, theirs, ...others] = runs.map(({ args }) => args);
  expect(ours?.at(-1)).toBe('https://000011112222.dkr.ecr.eu-west-1.amazonaws.com');
  expect(theirs).toEqual(['login', '--username', 'AWS', '--password-stdin', registry]);
  const built = others.filter(([command]) => command === 'build').map((args) => args.join(' '));
  // It trains, it serves, and the cheaper learner is fitted.
  expect(built).toHaveLength(3);
  expect(built[0]).toMatch(
    new RegExp(
      `PYTHON=3\\.12 --build-arg LOCK=image\\.lock --build-arg BASE=${registry}/huggingface-pytorch-training:`,
    ),
  );
  expect(built[1]).toContain('LOCK=requirements.lock --build-context');
});
