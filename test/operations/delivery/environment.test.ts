import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { environmentOf } from '../../../operations/delivery/environment';
import { Refusal } from '../../../operations/terminal/refusal';
import { testDelivery } from './delivery-of-a-test';

const sts = mockClient(STSClient);
const { delivery, projects } = testDelivery();
afterAll(() => projects.remove());

const session = (accessKeyId: string, minutes: number) => ({
  Credentials: {
    AccessKeyId: accessKeyId,
    SecretAccessKey: 'x',
    SessionToken: 'x',
    Expiration: new Date(Date.now() + minutes * 60_000),
  },
});

const keysOf = async (config: { credentials?: unknown }) =>
  (config.credentials as () => Promise<{ accessKeyId: string }>)().then(({ accessKeyId }) => accessKeyId);

beforeEach(() => sts.reset());

test('it acts as the delivery role, in a session that names project and commit', async () => {
  sts.on(AssumeRoleCommand).resolves(session('first', 60));

  const { config, names } = await environmentOf(delivery, 'dev', new STSClient({ region: 'eu-west-1' }));

  expect(await keysOf(config)).toBe('first');
  expect(names.artifactsBucket).toBe('mail-dev-artifacts-111122223333-eu-west-1');
  expect(sts.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input)).toEqual([
    { RoleArn: 'arn:aws:iam::111122223333:role/mlops-dev-delivery', RoleSessionName: 'mail-01234567' },
  ]);
});

test('a session that is about to end is renewed: a training takes longer than the hour it lasts', async () => {
  sts.on(AssumeRoleCommand).resolvesOnce(session('first', 4)).resolvesOnce(session('second', 60));

  const { config } = await environmentOf(delivery, 'dev', new STSClient({ region: 'eu-west-1' }));

  expect(await keysOf(config)).toBe('second');
  expect(await keysOf(config)).toBe('second');
  expect(sts.commandCalls(AssumeRoleCommand)).toHaveLength(2);
});

test('a delivery role that is missing is named, with what makes it', async () => {
  const denied = Object.assign(new Error('User … is not authorized to perform: sts:AssumeRole'), {
    name: 'AccessDenied',
  });
  sts.on(AssumeRoleCommand).rejects(denied);

  const refused = environmentOf(delivery, 'dev', new STSClient({ region: 'eu-west-1' }));

  await expect(refused).rejects.toThrow(Refusal);
  await expect(refused).rejects.toThrow(
    /^delivery may not act in dev: the role arn:aws:iam::111122223333:role\/mlops-dev-delivery is not there.*npx cdk deploy dev-platform with credentials of account 111122223333, then try the stage again/,
  );
});

test('a fault of STS is no missing role', async () => {
  sts.on(AssumeRoleCommand).rejects(new Error('connection reset'));

  await expect(environmentOf(delivery, 'dev', new STSClient({ region: 'eu-west-1' }))).rejects.toThrow(
    /^connection reset$/,
  );
});

test('an environment that the project does not run in is refused, with those it runs in', async () => {
  await expect(environmentOf(delivery, 'test', new STSClient({ region: 'eu-west-1' }))).rejects.toThrow(
    'mail does not run in test · allowed: dev, prod',
  );
});
