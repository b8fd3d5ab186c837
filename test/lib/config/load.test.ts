import { loadConfig } from '../../../lib/config/load';
import { ConfigError } from '../../../lib/config/problems';
import { PLATFORM_YAML, TEMPLATES, type TemporaryProjects, temporaryProjects } from '../../fixtures/project';

let projects: TemporaryProjects;
beforeEach(() => {
  projects = temporaryProjects();
});
afterEach(() => projects.remove());

const load = (only?: string[]) =>
  loadConfig({ projects: projects.folder, templates: TEMPLATES, ...(only && { only }) });

/** The lines that a person reads, without the temporary folder. */
function problems(only?: string[]): string[] {
  try {
    load(only);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => line.trim().replace(`${projects.folder}/`, ''));
  }
  throw new Error('loaded without a problem');
}

/** A project file of one line a key, so that tests can say the line. */
const PROJECT = `kind: email-classification@1
owner: mail@example.com
fields: [subject, body]
targets: [topic, urgency]
gate: { macro_f1: { topic: 0.8, urgency: 0.7 } }
environments: { dev: { data: sample/, learner: linear } }
`;

test('a project made from the template loads, with its kind and every default', () => {
  const { platform, projects: loaded } = load();

  expect(Object.keys(platform.environments)).toEqual(['dev', 'prod']);
  expect(loaded).toHaveLength(1);
  expect(loaded[0]).toMatchObject({
    name: 'mail',
    folder: projects.project,
    kind: { name: 'email-classification', version: 1 },
    environments: { dev: { train: { instance: 'ml.m5.large', max_hours: 1 } } },
  });
});

test('defaults make most of a project file optional', () => {
  projects.write('mail/project.yaml', PROJECT);

  expect(load().projects[0]).toMatchObject({
    gate: { champion: 'not_worse' },
    environments: {
      dev: {
        train: { instance: 'ml.m5.large', max_hours: 1, spot: false },
        serve: {
          instance: 'ml.m5.large',
          instances: { min: 1, max: 1 },
          release: 'all_at_once',
          bake_minutes: 10,
        },
      },
    },
    api: { auth: 'iam', consumers: {} },
    monitor: { every: 'hour', keep_days: 30 },
    retrain: { every: 'month', on: ['merge', 'drift', 'quality'], cooldown_hours: 24, min_new_rows: 200 },
  });
});

test('fails on an unknown key with its line, the keys there are, and the one that was meant', () => {
  projects.write('mail/project.yaml', PROJECT.replace('fields:', 'feilds:'));

  expect(problems()).toContain(
    'mail/project.yaml:3 feilds: is an unknown key · given "feilds" · allowed: kind, owner, fields, targets, gate, ' +
      'abstain, environments, api, monitor, retrain · did you mean fields?',
  );
});

test.each([
  ['a missing key', 'owner: mail@example.com\n', '', 'mail/project.yaml:1 owner: is missing · given nothing'],
  [
    'a wrong type',
    'fields: [subject, body]',
    'fields: subject',
    'mail/project.yaml:3 fields: has the wrong type',
  ],
  [
    'a value out of bounds',
    'topic: 0.8',
    'topic: 80',
    'mail/project.yaml:5 gate.macro_f1.topic: is too high · given 80',
  ],
  [
    'a bad form',
    'mail@example.com',
    'mail',
    'owner: is not an e-mail address · given "mail" · allowed: name@example.com',
  ],
  ['a column twice', '[subject, body]', '[body, body]', 'mail/project.yaml:3 fields: names a column twice'],
  [
    'a column read and predicted',
    '[subject, body]',
    '[topic, body]',
    'fields: reads a column it predicts · given "topic"',
  ],
  [
    'a bound for no target',
    'topic: 0.8',
    'topics: 0.8',
    'is not a target · given "topics" · allowed: topic, urgency · did you mean topic?',
  ],
  [
    'a target without a bound',
    ', urgency: 0.7',
    '',
    'mail/project.yaml:5 gate.macro_f1: has no bound for urgency',
  ],
  [
    'no environment',
    '{ dev: { data: sample/, learner: linear } }',
    '{}',
    'environments: names no environment',
  ],
  [
    'an environment there is not',
    '{ dev:',
    '{ test:',
    'is no environment of platform.yaml · given "test" · allowed: dev, prod',
  ],
  [
    'a learner there is not',
    'learner: linear',
    'learner: liner',
    'is no learner of email-classification · given "liner" · allowed: linear, embedding, transformer · did you mean linear?',
  ],
  [
    'data that are not there',
    'data: sample/',
    'data: smaple/',
    'environments.dev.data: does not exist · given "smaple/"',
  ],
  [
    'a canary on one instance',
    'learner: linear }',
    'learner: linear, serve: { release: canary } }',
    'environments.dev.serve.release: is a canary on one instance, which cannot take a part of the requests · given ' +
      '"canary" · allowed: canary with 2 instances or more, all_at_once with any number · write instances: 2',
  ],
  [
    'a bake time without a canary',
    'learner: linear }',
    'learner: linear, serve: { bake_minutes: 15 } }',
    'environments.dev.serve.bake_minutes: is for canary releases only · given 15',
  ],
  [
    'more instances at rest than under load',
    'learner: linear }',
    'learner: linear, serve: { instances: { min: 4, max: 2 } } }',
    'environments.dev.serve.instances: is no number of instances · given {"min":4,"max":2} · allowed: 1 to 20, or {',
  ],
  [
    'a GPU for a learner that has no use for one',
    'learner: linear }',
    'learner: linear, train: { instance: ml.g5.2xlarge } }',
    'environments.dev.train.instance: has a GPU that learner linear does not use · given "ml.g5.2xlarge"',
  ],
  [
    'an instance type that SageMaker does not have',
    'learner: linear }',
    'learner: linear, train: { instance: ml.m5.lage } }',
    'is no instance type for training · given "ml.m5.lage" · allowed: one of those of SageMaker, such as ml.m5.large · ' +
      'did you mean ml.m5.large?',
  ],
  [
    'a bucket without its slash',
    'data: sample/',
    'data: s3://exports/mail',
    'environments.dev.data: is not a place of data · given "s3://exports/mail"',
  ],
  [
    'a learner that trains on a GPU, and a machine without one',
    'learner: linear',
    'learner: transformer',
    'environments.dev.train.instance: has no GPU, which learner transformer needs · given "ml.m5.large"',
  ],
  [
    'serving on a GPU a learner that answers on a CPU only',
    'learner: linear }',
    'learner: embedding, serve: { instance: ml.g5.xlarge } }',
    'environments.dev.serve.instance: has a GPU or another accelerator, and learner embedding answers on a CPU only',
  ],
  [
    'a base model for a learner that starts from none',
    'learner: linear }',
    'learner: linear, base_model: all-minilm-l6-v2 }',
    'environments.dev.base_model: is for learners that start from weights, and linear does not · given "all-minilm-l6-v2"',
  ],
  [
    'a base model that is not in the list',
    'learner: linear }',
    'learner: embedding, base_model: all-minilm-l6 }',
    '/mail/base_models.yaml · given "all-minilm-l6" · allowed: ',
  ],
  [
    'more trials of a tuning than anybody waits for',
    'learner: linear }',
    'learner: linear, train: { tune: 51 } }',
    'environments.dev.train.tune: is too high · given 51 · allowed: 0 to 50 trials',
  ],
  [
    'abstention of what is no target',
    'gate:',
    'abstain: { accuracy: { topics: 0.9 } }\ngate:',
    'abstain.accuracy.topics: is not a target · given "topics" · allowed: topic, urgency · did you mean topic?',
  ],
  [
    'abstention at more than everything right',
    'gate:',
    'abstain: { accuracy: 95 }\ngate:',
    'abstain.accuracy: is too high · given 95 · allowed: 0 to 1',
  ],
  [
    'abstention by a word',
    'gate:',
    'abstain: { accuracy: high }\ngate:',
    'abstain.accuracy: is no share of right answers · given "high" · allowed: 0 to 1 for all targets',
  ],
  [
    'a kind that is not built yet',
    'email-classification@1',
    'call-summarization@1',
    'kind: is not built yet · given "call-summarization" · allowed: email-classification',
  ],
  [
    'a way to sign in that is not built yet',
    'gate:',
    'api: { auth: jwt }\ngate:',
    'api.auth: is not built yet · given "jwt" · allowed: iam',
  ],
  [
    'a kind there is not',
    'email-classification@1',
    'email@1',
    'mail/project.yaml:1 kind: is no kind of project · given "email"',
  ],
  [
    'another version of the kind',
    'email-classification@1',
    'email-classification@7',
    'is a version that is not here · given "email-classification@7" · allowed: email-classification@1',
  ],
])('fails on %s', (_, from, to, expected) => {
  projects.write('mail/project.yaml', PROJECT.replace(from, to));

  expect(problems().join('\n')).toContain(expected);
});

test.each([
  [
    'an account without quotes',
    '"000011112222"',
    '000011112222',
    'platform.yaml:3 delivery.account: is a number, which loses leading zeros',
  ],
  [
    'a single zone',
    '[eu-west-1a, eu-west-1b]',
    '[eu-west-1a]',
    'environments.dev.network.zones: names too few zones',
  ],
  [
    'a zone elsewhere',
    'eu-west-1b',
    'eu-west-2b',
    'lies in another region · given "eu-west-2b" · allowed: zones of eu-west-1',
  ],
  [
    'the name of an environment that is too long',
    'dev:',
    'development:',
    'is not the name of an environment · given "development"',
  ],
  ['a tag of AWS', 'cost-center', '"aws:cost"', 'is not a tag key · given "aws:cost"'],
  [
    'a zone twice',
    '[eu-west-1a, eu-west-1b]',
    '[eu-west-1a, eu-west-1a]',
    'environments.dev.network.zones: names a zone twice',
  ],
  [
    'a region that AWS does not have',
    'region: eu-west-1,',
    'region: eu-west-9,',
    'delivery.region: is not an AWS region · given "eu-west-9" · allowed: a region such as eu-west-1 · did you mean eu-west-',
  ],
  [
    'a region of another partition',
    'region: eu-west-1,',
    'region: cn-north-1,',
    'delivery.region: lies in a partition that is not built yet · given "cn-north-1"',
  ],
  [
    'zones and an existing network',
    'zones: [eu-west-1a, eu-west-1b]',
    'zones: [eu-west-1a, eu-west-1b], vpc: vpc-0a1b2c3d',
    'environments.dev.network: names zones and an existing network',
  ],
  [
    'a network that says too little',
    'zones: [eu-west-1a, eu-west-1b]',
    'vpc: vpc-0a1b2c3d',
    'environments.dev.network: says too little · given {"vpc":"vpc-0a1b2c3d"} · allowed: { zones: [a, b] }',
  ],
  [
    'one existing subnet',
    'zones: [eu-west-1a, eu-west-1b]',
    'vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d]',
    'environments.dev.network.subnets: names too few subnets',
  ],
  [
    'a connection of another account',
    'eu-west-1:000011112222:connection',
    'eu-west-1:999911112222:connection',
    'delivery.connection: belongs to another account than the one that delivers',
  ],
  [
    'an environment named like the delivery',
    '  dev:',
    '  delivery:',
    'environments.delivery: is a name of the platform itself',
  ],
  [
    'a region that the guard rails do not allow',
    'guardrails: {',
    'guardrails: { regions: [eu-central-1],',
    'environments.dev.region: is not allowed by guardrails.regions · given "eu-west-1" · allowed: eu-central-1',
  ],
  [
    'guard rails that leave nothing to process on',
    'guardrails: {',
    'guardrails: { instances: [ml.c5.*],',
    'guardrails.instances: leaves out ml.m5.large, which processing jobs run on · given ["ml.c5.*"]',
  ],
  [
    'an approval by nobody',
    'zones: [eu-west-1a, eu-west-1b] } }',
    'zones: [eu-west-1a, eu-west-1b] }, approval: { model: nobody } }',
    'environments.dev.approval.model: is not a value it can have · given "nobody" · allowed: auto, person',
  ],
  [
    'an unknown key',
    'page:',
    'pager:',
    'is an unknown key · given "pager" · allowed: page, inform · did you mean page?',
  ],
])('fails on a platform with %s', (_, from, to, expected) => {
  projects.write('platform.yaml', PLATFORM_YAML.replace(from, to));

  expect(problems().join('\n')).toContain(expected);
});

test('an existing network is given by its ids, with or without a security group', () => {
  const existing = 'vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-1a1b2c3d]';
  projects.write('platform.yaml', PLATFORM_YAML.replaceAll('zones: [eu-west-1a, eu-west-1b]', existing));

  expect(load().platform.environments.dev?.network).toEqual({
    vpc: 'vpc-0a1b2c3d',
    subnets: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
  });
});

test.each([
  ['an instance that they do not name', '{ instances: [ml.m5.large]', 'is not allowed by the guard rails'],
  [
    'an instance with local drives where volumes need a key',
    '{ volume_key: required',
    "has local drives, which take no customer's key",
  ],
])('the guard rails refuse %s', (_, guardrails, expected) => {
  projects.write('platform.yaml', PLATFORM_YAML.replace('guardrails: {', `guardrails: ${guardrails},`));
  projects.write(
    'mail/project.yaml',
    PROJECT.replace('learner: linear }', 'learner: linear, serve: { instance: ml.g5.2xlarge } }'),
  );

  const text = problems().join('\n');

  expect(text).toContain(`environments.dev.serve.instance: ${expected}`);
  expect(text).toContain('given "ml.g5.2xlarge"');
});

test('fails on a file that is not YAML with the line of the mistake', () => {
  projects.write('mail/project.yaml', 'kind: email-classification@1\nowner: [mail\n');

  expect(problems()[1]).toMatch(/^mail\/project\.yaml:\d+ is not YAML: /);
});

test('fails with everything that is wrong in all files at once', () => {
  projects.write('platform.yaml', PLATFORM_YAML.replace('alerts:', 'alarms:'));
  projects.write('mail/project.yaml', PROJECT.replace('owner:', 'ownr:').replace('0.8', '8'));
  projects.write('other/project.yaml', PROJECT.replace('kind:', 'knid:'));

  const lines = problems();

  expect(lines[0]).toBe(`the configuration has ${lines.length - 1} problems:`);
  expect(lines.map((line) => line.split(':')[0])).toEqual(
    expect.arrayContaining(['platform.yaml', 'mail/project.yaml', 'other/project.yaml']),
  );
  expect(lines).toHaveLength(1 + 2 + 3 + 2);
});

test.each([
  ['is too long', 'twenty-one-characters'],
  ['has capitals', 'Mail'],
  ['ends in a hyphen', 'mail-'],
  ['has two hyphens in a row', 'mail--two'],
  ['is one letter', 'm'],
])('fails on a project whose name %s', (_, name) => {
  projects.write(`${name}/project.yaml`, PROJECT.replace('sample/', 's3://bucket/'));

  expect(problems([name]).join('\n')).toContain(
    `the name of the folder is not the name of a project · given "${name}" · allowed: 2 to 20 lower-case letters`,
  );
});

test('fails on a project whose buckets would have too long names in a region with a long name', () => {
  projects.write(
    'platform.yaml',
    PLATFORM_YAML.replaceAll('eu-west-1', 'ap-southeast-2').replace('prod:', 'preprod:'),
  );
  projects.write('twenty-characters-ab/project.yaml', PROJECT.replace('sample/', 's3://bucket/'));

  expect(problems(['twenty-characters-ab']).join('\n')).toContain(
    'makes a bucket name of more than 63 characters · given "twenty-characters-ab" · allowed: up to 17 characters here',
  );
});

test("fails on a project that lies within another's names, whose roles could then reach it", () => {
  projects.write('mail-dev-two/project.yaml', PROJECT.replace('sample/', 's3://bucket/'));

  expect(problems(['mail-dev-two']).join('\n')).toContain('lies within the names of project mail');
});

test('a mistake in one file does not hide what only both files together can show', () => {
  projects.write('platform.yaml', PLATFORM_YAML.replace('owner: ml-platform@example.com', 'owner: nobody'));
  projects.write(
    'mail/project.yaml',
    PROJECT.replace('owner:', 'ownr:').replace(
      'learner: linear }',
      'learner: linaer, serve: { release: canary } }',
    ),
  );
  projects.write(
    'other/project.yaml',
    PROJECT.replace('learner: linear }', 'learner: liner, monitr: 1 }').replace('sample/', 's3://bucket/'),
  );

  const text = problems().join('\n');

  expect(text).toContain('platform.yaml:2 owner: is not an e-mail address');
  expect(text).toContain('mail/project.yaml:2 ownr: is an unknown key');
  expect(text).toContain('mail/project.yaml:6 environments.dev.learner: is no learner');
  expect(text).toContain('mail/project.yaml:6 environments.dev.serve.release: is a canary on one instance');
  expect(text).toContain('other/project.yaml:6 environments.dev.monitr: is an unknown key');
  expect(text).toContain('other/project.yaml:6 environments.dev.learner: is no learner');
});

test('what is missing because it was mistyped is told once', () => {
  projects.write('mail/project.yaml', PROJECT.replace('topic: 0.8', 'topic: 80'));

  expect(problems()).toHaveLength(2);
});

test('only the chosen projects are read', () => {
  projects.write('broken/project.yaml', 'nothing: right\n');

  expect(load(['mail']).projects.map(({ name }) => name)).toEqual(['mail']);
});

test('fails on a chosen project that is not there, with those that are', () => {
  expect(problems(['mial']).join('\n')).toContain(
    'has no such project · given "mial" · allowed: mail · did you mean mail?',
  );
});

test('fails on a folder without platform.yaml', () => {
  expect(() => loadConfig({ projects: projects.project, templates: TEMPLATES })).toThrow(
    /platform\.yaml:1 does not exist .* allowed: a folder with platform\.yaml in it/,
  );
});
