import { platformSchema } from '../../../lib/config/platform';
import { isBare, lookAt } from '../../../operations/scaffold/remove/look';
import { deleteLeftovers, takeAway } from '../../../operations/scaffold/remove/remove';
import { forMachines, renderLeftovers, renderPlan } from '../../../operations/scaffold/remove/render';
import { type Account, emptyingAccount } from './emptying-account';

const ACCOUNT = '210987654321';
const PLACE = { account: ACCOUNT, region: 'eu-west-1' };
const platform = platformSchema.parse({
  organisation: 'acme',
  owner: 'ml@acme.com',
  delivery: {
    ...PLACE,
    repository: 'acme/mlops',
    connection: `arn:aws:codeconnections:eu-west-1:${ACCOUNT}:connection/00000000-0000-0000-0000-000000000000`,
  },
  environments: { dev: { ...PLACE, network: { zones: ['eu-west-1a', 'eu-west-1b'] } } },
  alerts: { page: 'a@acme.com', inform: 'a@acme.com' },
});
const STACKS = ['monitoring', 'training', 'serving', 'storage'].map((stack) => `mail-dev-${stack}`);
const ARTIFACTS = `mail-dev-artifacts-${ACCOUNT}-eu-west-1`;

let account: Account;
let restore: () => void;
beforeEach(() => {
  account = {
    account: ACCOUNT,
    stacks: new Set(['mail-delivery', ...STACKS, 'mail-dev-x-dev-storage']),
    endpoints: new Map([['mail-dev', { status: 'Updating', config: 'mail-dev-v2-0a1b2c3d' }]]),
    names: {
      configs: ['mail-dev-v1-0a1b2c3d', 'mail-dev-v2-0a1b2c3d', 'crm-mail-dev-v1-0a1b2c3d'],
      models: ['mail-dev-v2-0a1b2c3d', 'mail-dev-very-own'],
    },
    executions: new Map([
      ['run-1', 'Executing'],
      ['run-0', 'Succeeded'],
    ]),
    buckets: new Set([ARTIFACTS]),
    tables: new Set(['mail-dev-state']),
    done: [],
  };
  ({ restore } = emptyingAccount(account));
});
afterEach(() => restore());

const noPause = () => Promise.resolve();
const plain = { paint: (_colour: string, text: string) => text };

test('looking changes nothing, and says what goes, what costs how much, and what stays', async () => {
  const plan = { project: 'mail', folder: 'projects/mail', ...(await lookAt(platform, 'mail')) };
  expect(account.done).toEqual([]);
  expect(renderPlan(plan, {}, plain)).toBe(`Goes, of mail, in this order
  delivery  ${ACCOUNT}  stack mail-delivery
  dev       ${ACCOUNT}  stack mail-dev-monitoring
  dev       ${ACCOUNT}  running trainings of mail-dev
  dev       ${ACCOUNT}  stack mail-dev-training
  dev       ${ACCOUNT}  endpoint mail-dev, its configs and models
  dev       ${ACCOUNT}  stack mail-dev-serving
  dev       ${ACCOUNT}  stack mail-dev-storage
  here                    projects/mail
Costs until it goes; no stack owns it
  dev  mail-dev  2 × ml.m5.large  ${usd(plan)} USD a month
Stays, and its names stay taken
  dev  bucket  ${ARTIFACTS}
  dev  table   mail-dev-state
  dev  key     key-of-${ARTIFACTS}`);
  expect(Number(usd(plan))).toBeGreaterThan(100);
  expect(forMachines(plan).places[1]).toMatchObject({
    name: 'dev',
    goes: { stacks: STACKS, endpoint: 'mail-dev' },
    costs: { instances: [{ type: 'ml.m5.large', count: 2 }] },
  });
});

const usd = ({ seen }: Awaited<ReturnType<typeof lookAt>>) =>
  seen.find(({ place }) => place.name === 'dev')?.monthlyUsd?.toFixed(2);

test('delivery goes first; trainings stop before their pipeline, and the endpoint before the role it runs as', async () => {
  const { seen } = await lookAt(platform, 'mail');
  await takeAway(seen, () => undefined, noPause);
  expect(account.done).toEqual([
    'stack mail-delivery',
    'stack mail-dev-monitoring',
    'training run-1',
    'stack mail-dev-training',
    'endpoint mail-dev',
    'config mail-dev-v1-0a1b2c3d',
    'config mail-dev-v2-0a1b2c3d',
    'model mail-dev-v2-0a1b2c3d',
    'stack mail-dev-serving',
    'stack mail-dev-storage',
  ]);
  expect([...account.stacks]).toEqual(['mail-dev-x-dev-storage']);
  expect((await lookAt(platform, 'mail')).seen.every(isBare)).toBe(true);
});

test('what a failure cut off is gone on with by a second run, and what is gone is not asked for again', async () => {
  account.refuse = {
    what: 'endpoint mail-dev',
    message: 'not authorized to perform: sagemaker:DeleteEndpoint',
  };
  const first = takeAway((await lookAt(platform, 'mail')).seen, () => undefined, noPause);
  await expect(first).rejects.toThrow(
    'endpoint mail-dev, its configs and models is still there in dev, account 210987654321: not authorized to perform: ' +
      'sagemaker:DeleteEndpoint\nRun the same again to go on from here.',
  );
  expect(account.stacks.has('mail-dev-serving')).toBe(true);
  account.done.length = 0;

  await takeAway((await lookAt(platform, 'mail')).seen, () => undefined, noPause);
  expect(account.done).toEqual([
    'endpoint mail-dev',
    'config mail-dev-v1-0a1b2c3d',
    'config mail-dev-v2-0a1b2c3d',
    'model mail-dev-v2-0a1b2c3d',
    'stack mail-dev-serving',
    'stack mail-dev-storage',
  ]);
});

test('an endpoint whose stacks are gone already is found and deleted', async () => {
  account.stacks.clear();
  const { seen } = await lookAt(platform, 'mail');
  expect(seen.map(isBare)).toEqual([true, false]);
  await takeAway(seen, () => undefined, noPause);
  expect(account.endpoints.size).toBe(0);
});

test('an account that the credentials are not of is told, and not taken for empty', async () => {
  const elsewhere = { ...platform, delivery: { ...platform.delivery, account: '310987654321' } };
  const { seen, unseen } = await lookAt(elsewhere, 'mail');
  expect(seen.map(({ place }) => place.name)).toEqual(['dev']);
  expect(unseen).toEqual([
    {
      place: expect.objectContaining({ name: 'delivery' }),
      why: expect.stringContaining('no access to delivery, account 310987654321'),
    },
  ]);
});

test('what stayed is said with both ways on, and deleted for good with all versions, the key last', async () => {
  await takeAway((await lookAt(platform, 'mail')).seen, () => undefined, noPause);
  const after = { project: 'mail', ...(await lookAt(platform, 'mail')) };
  const words = renderLeftovers(after);
  expect(words).toContain('npm run remove -- mail --leftovers');
  expect(words).toContain('npx cdk import mail-dev-storage && npx cdk deploy mail-dev-storage');
  expect(words).toContain(`key     key-of-${ARTIFACTS}`);
  account.done.length = 0;

  await deleteLeftovers(after.seen, () => undefined);
  expect(account.done).toEqual([
    `2 versions in ${ARTIFACTS}`,
    `bucket ${ARTIFACTS}`,
    'table mail-dev-state',
    `key key-of-${ARTIFACTS}`,
  ]);
  expect(renderLeftovers({ project: 'mail', ...(await lookAt(platform, 'mail')) })).toBe(
    'Nothing of mail is left.',
  );
});
