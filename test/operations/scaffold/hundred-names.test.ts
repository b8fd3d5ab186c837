import { nameProblem } from '../../../lib/config/cross-check';
import {
  deliveryNamesOf,
  MAX_BUCKET_NAME,
  MAX_PROJECT_NAME,
  namesOf,
  platformNamesOf,
} from '../../../lib/config/names';
import { platformSchema } from '../../../lib/config/platform';

/** One account and region for all: only the words of a name are left to tell two apart. */
const PLACE = { account: '210987654321', region: 'ap-southeast-2' };
const network = { zones: ['ap-southeast-2a', 'ap-southeast-2b'] };
const platform = platformSchema.parse({
  organisation: 'acme',
  owner: 'ml@acme.com',
  delivery: {
    ...PLACE,
    repository: 'acme/mlops',
    connection: `arn:aws:codeconnections:${PLACE.region}:${PLACE.account}:connection/00000000-0000-0000-0000-000000000000`,
  },
  environments: { dev: { ...PLACE, network }, prod: { ...PLACE, network } },
  alerts: { page: 'a@acme.com', inform: 'a@acme.com' },
});
const ENVIRONMENTS = Object.keys(platform.environments);

/** Words that our own names are made of, so that what people choose meets them as badly as can be. */
const WORDS = [
  'mail',
  'dev',
  'prod',
  'delivery',
  'platform',
  'storage',
  'training',
  'owner',
  'release',
  'v1',
  'build',
  'x',
];

/** The first hundred of all names of up to three words that may stand side by side. */
function hundredNames(): string[] {
  const candidates = [
    'a',
    'a'.repeat(MAX_PROJECT_NAME),
    ...WORDS,
    ...WORDS.flatMap((first) => WORDS.map((second) => `${first}-${second}`)),
    ...WORDS.flatMap((first) =>
      WORDS.flatMap((second) => WORDS.map((third) => `${first}-${second}-${third}`)),
    ),
  ];
  const names: string[] = [];
  for (const name of candidates) {
    const others = [...names, name];
    if (others.every((each) => !nameProblem(each, platform, others))) names.push(name);
    if (names.length === 100) break;
  }
  return names;
}

const names = hundredNames();

/** Every literal by what it names: a role and a function may share one, two roles may not. */
function literals(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const note = (what: string, value: unknown) => {
    if (typeof value === 'string') found.set(what, [...(found.get(what) ?? []), value]);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) note(kindOf(what, key), inner);
    }
  };
  for (const project of names) {
    const delivery = deliveryNamesOf({ project, ...PLACE });
    note('', delivery);
    for (const environment of ENVIRONMENTS) note('roles', { build: delivery.roles.build(environment) });
    for (const environment of ENVIRONMENTS) note('', namesOf({ project, environment, ...PLACE }));
  }
  for (const environment of ENVIRONMENTS) note('', platformNamesOf(environment, 2));
  return found;
}

const NOT_NAMES = ['project', 'environment', 'metricNamespace'];
const BUCKETS = ['artifactsBucket', 'recordsBucket', 'logsBucket'];
const TABLES = ['stateTable', 'inferencesTable'];
const ROLES = ['deliveryRole', 'reviewRole', 'pipeline', 'job', 'model', 'monitor', 'build', 'review'];

/** What a literal names in AWS: those of one kind share a space of names. */
function kindOf(parent: string, key: string): string {
  if (NOT_NAMES.includes(key)) return 'not a name';
  if (BUCKETS.includes(key)) return 'bucket';
  if (TABLES.includes(key)) return 'table';
  if (parent === 'roles' && ROLES.includes(key)) return 'role';
  if (key === 'stack') return 'stacks';
  if (parent === 'stacks' || parent === 'functions' || parent === 'alarms' || parent === 'parameters')
    return parent;
  return key;
}

test('a hundred names of the words that our own are made of are allowed', () => {
  expect(names).toHaveLength(100);
  expect(Math.max(...names.map((name) => name.length))).toBe(MAX_PROJECT_NAME);
  expect(nameProblem('mail-dev', platform, names)).toBeDefined();
});

test('no two things of one kind have one name, over a hundred projects in two environments of one account', () => {
  const twice = [...literals()]
    .filter(([kind]) => kind !== 'not a name')
    .flatMap(([kind, all]) =>
      all.filter((name, index) => all.indexOf(name) !== index).map((name) => `${kind} ${name}`),
    );
  expect(twice).toEqual([]);
});

test('what one project may touch by its prefix is never another project’s', () => {
  const places = names.flatMap((project) => [
    ...ENVIRONMENTS.map((environment) => ({
      project,
      prefix: `${namesOf({ project, environment, ...PLACE }).prefix}-`,
    })),
    { project, prefix: `${deliveryNamesOf({ project, ...PLACE }).prefix}-` },
  ]);
  const reached = places.flatMap(({ project, prefix }) =>
    places
      .filter((other) => other.project !== project && other.prefix.startsWith(prefix))
      .map((other) => `${prefix} ${other.prefix}`),
  );
  expect(reached).toEqual([]);
});

test('names keep to the lengths that AWS allows', () => {
  const longest = (kind: string) => Math.max(...(literals().get(kind) ?? []).map((name) => name.length));
  expect(longest('bucket')).toBe(MAX_BUCKET_NAME);
  expect(longest('role')).toBeLessThanOrEqual(64);
  expect(longest('functions')).toBeLessThanOrEqual(64);
  expect(longest('endpoint')).toBeLessThanOrEqual(63 - '-v9999-12345678'.length);
  expect(longest('stacks')).toBeLessThanOrEqual(128);
});
