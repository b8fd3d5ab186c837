import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../lib/config/load';
import { placeholdersIn } from '../../../lib/config/placeholders';
import { type Asker, valuesOf } from '../../../operations/scaffold/init/ask';
import { initialise, refuseToOverwrite } from '../../../operations/scaffold/init/init';
import { type Known, questions, type Values } from '../../../operations/scaffold/init/questions';
import { newProject } from '../../../operations/scaffold/new/new-project';
import { PLATFORM_YAML, TEMPLATES } from '../../fixtures/project';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-init-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ONE_ACCOUNT = {
  organisation: 'acme',
  owner: 'ml@acme.com',
  repository: 'acme/mlops',
  account: '210987654321',
};
const file = () => join(folder, 'platform.yaml');

async function init(given: Values, { known = {}, asker }: { known?: Known; asker?: Asker } = {}) {
  const values = await valuesOf(questions(known), given, asker);
  const done = initialise(folder, TEMPLATES, values);
  return { done, platform: loadConfig({ projects: folder, templates: TEMPLATES, only: [] }).platform };
}

test('one account for everything takes four options; the file passes every rule and lacks a connection only', async () => {
  const { platform } = await init(ONE_ACCOUNT);
  expect(platform.environments).toMatchObject({
    dev: { account: '210987654321', region: 'eu-west-1', approval: { stacks: 'none', model: 'auto' } },
    prod: {
      account: '210987654321',
      network: { zones: ['eu-west-1a', 'eu-west-1b'] },
      approval: { model: 'person' },
    },
  });
  expect(platform.alerts).toEqual({ page: 'ml@acme.com', inform: 'ml@acme.com' });
  expect(placeholdersIn(file()).map(({ value }) => value)).toEqual([platform.delivery.connection]);
});

test('dev only, an existing network, a budget and tags', async () => {
  const { account: _, ...rest } = ONE_ACCOUNT;
  const { platform } = await init({
    ...rest,
    environments: 'dev',
    region: 'us-east-1',
    'delivery-account': '210987654321',
    'dev-account': '310987654321',
    'dev-vpc': 'vpc-0a1b2c3d',
    'dev-subnets': 'subnet-0a1b2c3d, subnet-0a1b2c3e',
    budget: '1500',
    tags: 'cost-center=12,team=data science',
  });
  expect(platform.environments).toEqual({
    dev: expect.objectContaining({
      account: '310987654321',
      region: 'us-east-1',
      network: { vpc: 'vpc-0a1b2c3d', subnets: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'] },
    }),
  });
  expect(platform.guardrails).toMatchObject({
    monthly_budget_usd: 1500,
    tags: { 'cost-center': '12', team: 'data science' },
  });
});

test('without a terminal all that is missing is named at once, by its option, and nothing is written', async () => {
  await expect(init({})).rejects.toThrow(
    /--organisation is missing.*\n.*--owner is missing.*\n.*--repository is missing.*\n.*--delivery-account is missing.*\n.*--dev-account is missing.*\n.*--prod-account is missing/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('what is wrong is named by its option, with the rule of the file', async () => {
  const wrong = {
    ...ONE_ACCOUNT,
    owner: 'me',
    'dev-zones': 'eu-west-1a',
    budget: 'much',
    'prod-network': 'mine',
  };
  await expect(init(wrong)).rejects.toThrow(
    '--prod-network is not one of its values · given "mine" · allowed: own | existing',
  );
  await expect(init({ ...wrong, 'prod-network': 'own' })).rejects.toThrow(
    /--owner is not an e-mail address · given "me".*\n.*--dev-zones names too few zones.*\n(.*\n)*.*--budget has the wrong type/,
  );
  const elsewhere =
    'arn:aws:codeconnections:eu-west-1:999999999999:connection/12345678-1234-1234-1234-123456789012';
  await expect(init({ ...ONE_ACCOUNT, connection: elsewhere })).rejects.toThrow(
    '--connection belongs to another account than the one that delivers',
  );
  expect(readdirSync(folder)).toEqual([]);
});

/** Answers by option, takes what is offered otherwise, and notes what the rules say. */
function person(answers: Record<string, string[]>) {
  const asked: string[] = [];
  const told: string[] = [];
  const asker: Asker = {
    input: async ({ option }, suggestion, problem) => {
      asked.push(option);
      for (const answer of answers[option] ?? [suggestion ?? '']) {
        const message = problem(answer);
        if (message === undefined) return answer;
        told.push(`${option} ${message}`);
      }
      throw new Error(`no right answer to ${option}`);
    },
    choose: async ({ option }, choices, suggestion) => {
      asked.push(option);
      return answers[option]?.[0] ?? suggestion ?? choices[0] ?? '';
    },
  };
  return { asker, asked, told };
}

test('a person is asked for what is not given, each answer is held against the rules, and the clone is known', async () => {
  const { asker, asked, told } = person({
    'delivery-account': ['4711', '210987654321'],
    'dev-network': ['existing'],
    'dev-vpc': ['my-vpc', 'vpc-0a1b2c3d'],
    'dev-subnets': ['subnet-0a1b2c3d,subnet-0a1b2c3e'],
    environments: ['dev'],
  });
  const known = { repository: 'Acme/mlops', email: 'me@acme.com', region: 'eu-central-1' };
  const { platform } = await init({ page: 'oncall@acme.com' }, { known, asker });

  expect(platform).toMatchObject({
    organisation: 'acme',
    owner: 'me@acme.com',
    delivery: { account: '210987654321', repository: 'Acme/mlops', region: 'eu-central-1' },
    environments: { dev: { account: '210987654321', network: { vpc: 'vpc-0a1b2c3d' } } },
    alerts: { page: 'oncall@acme.com' },
  });
  expect(told).toEqual([
    expect.stringContaining('delivery-account is not an AWS account id · given "4711"'),
    expect.stringContaining('dev-vpc is not the id of a VPC · given "my-vpc"'),
  ]);
  expect(asked).not.toContain('page');
  expect(asked.filter((option) => option.startsWith('prod-'))).toEqual([]);
});

test('a person who stops leaves nothing', async () => {
  const stop = () => Promise.reject(new Error('stopped'));
  await expect(init({}, { asker: { input: stop, choose: stop } })).rejects.toThrow('stopped');
  expect(readdirSync(folder)).toEqual([]);
});

test('the shipped platform.yaml is replaced; one that somebody has made theirs only by force', async () => {
  writeFileSync(file(), PLATFORM_YAML);
  expect(() => refuseToOverwrite(folder, false)).not.toThrow();
  await init(ONE_ACCOUNT);
  expect(() => refuseToOverwrite(folder, false)).toThrow('platform.yaml is yours already');
  expect(() => refuseToOverwrite(folder, true)).not.toThrow();
  writeFileSync(file(), PLATFORM_YAML.replace('111122223333', '210987654321'));
  expect(() => refuseToOverwrite(folder, false)).toThrow('edit it, or replace it with --force');
});

test('projects as they were made follow the environments; what does not fit in edited ones is named', async () => {
  writeFileSync(file(), PLATFORM_YAML);
  const make = (name: string) =>
    newProject({ kind: 'email-classification', name, projects: folder, templates: TEMPLATES });
  make('fresh');
  make('edited');
  const edited = join(folder, 'edited/project.yaml');
  const mine = readFileSync(edited, 'utf8').replace('customer-care@example.com', 'me@acme.com');
  writeFileSync(edited, mine);

  const { done } = await init({ ...ONE_ACCOUNT, environments: 'dev' });
  expect(done.followed).toEqual(['fresh']);
  expect(readFileSync(edited, 'utf8')).toBe(mine);
  expect(done.problems.map(({ file: where, key }) => [where, key])).toEqual([[edited, 'environments.prod']]);
  const again = await init({ ...ONE_ACCOUNT, environments: 'dev,prod' });
  expect(again.done).toMatchObject({ followed: ['fresh'], problems: [] });
});
