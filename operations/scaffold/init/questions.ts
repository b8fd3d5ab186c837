/** What was answered so far, by option. */
export type Values = Readonly<Record<string, string | undefined>>;

/** What a machine or a repository knows before anybody is asked. */
export interface Known {
  /** `owner/name`, from the remote of the clone. */
  readonly repository?: string | undefined;
  /** E-mail address that commits are made with. */
  readonly email?: string | undefined;
  readonly region?: string | undefined;
}

/** One value of platform.yaml: a question on a terminal, and an option without one. */
export interface Question {
  /** Option without its dashes: `dev-account`. */
  readonly option: string;
  /** Key of platform.yaml that it ends up in; problems of the file are told by it. */
  readonly key: string;
  readonly text: string;
  /** Stands for a missing answer while others are checked, and shows the form. */
  readonly example: string;
  readonly choices?: readonly string[];
  /** Taken when nothing is said. @default - the answer is required */
  readonly fallback?: (values: Values) => string | undefined;
  /** Offered on a terminal only, since taking it unseen would be rash. @default - the fallback */
  readonly suggestion?: (values: Values) => string | undefined;
  /** @default - always */
  readonly when?: (values: Values) => boolean;
  /** Whether it is asked on a terminal; else the fallback is taken. @default true */
  readonly asked?: boolean;
}

/** Environments that init knows; more, and other names, are written into the file afterwards. */
const ENVIRONMENTS = ['dev', 'prod'];

/** All questions, in the order in which they are asked. */
export function questions(known: Known): Question[] {
  const always = (value: string | undefined) => () => value;
  return [
    {
      option: 'organisation',
      key: 'organisation',
      text: 'Short name of the organisation',
      example: 'acme',
      fallback: always(known.repository?.split('/')[0]?.toLowerCase()),
    },
    {
      option: 'owner',
      key: 'owner',
      text: 'Who answers for the platform (e-mail)',
      example: 'ml@acme.com',
      suggestion: always(known.email),
    },
    {
      option: 'repository',
      key: 'delivery.repository',
      text: 'Repository that is delivered (owner/name)',
      example: 'acme/mlops',
      fallback: always(known.repository),
    },
    {
      option: 'branch',
      key: 'delivery.branch',
      text: 'Branch whose merges are delivered',
      example: 'main',
      fallback: always('main'),
    },
    {
      option: 'environments',
      key: 'environments',
      text: 'Environments',
      example: 'dev,prod',
      choices: ['dev,prod', 'dev'],
      fallback: always('dev,prod'),
    },
    {
      option: 'account',
      key: 'account',
      text: 'One AWS account for everything that has none of its own',
      example: '210987654321',
      fallback: always(''),
      asked: false,
    },
    {
      option: 'region',
      key: 'region',
      text: 'Region',
      example: 'eu-west-1',
      fallback: always(known.region ?? 'eu-west-1'),
    },
    ...placeQuestions('delivery', 'delivery', 'AWS account that builds and delivers', () => undefined),
    {
      option: 'connection',
      key: 'delivery.connection',
      text: 'ARN of the connection to the repository (as offered: not made yet)',
      example: noConnection('eu-west-1', '210987654321'),
      fallback: (values) => noConnection(values['delivery-region'] ?? '', values['delivery-account'] ?? ''),
    },
    ...ENVIRONMENTS.flatMap(environmentQuestions),
    {
      option: 'page',
      key: 'alerts.page',
      text: 'Who is woken when callers are hurt (e-mail)',
      example: 'oncall@acme.com',
      fallback: ({ owner }) => owner,
    },
    {
      option: 'inform',
      key: 'alerts.inform',
      text: 'Who reads what can wait until morning (e-mail)',
      example: 'ml@acme.com',
      fallback: ({ owner }) => owner,
    },
    {
      option: 'instances',
      key: 'guardrails.instances',
      text: 'Instance types that projects may use, with * for any letters',
      example: 'ml.m5.*',
      fallback: always('ml.m5.*'),
    },
    {
      option: 'budget',
      key: 'guardrails.monthly_budget_usd',
      text: 'Budget of each environment, US dollars a month (empty: none)',
      example: '1000',
      fallback: always(''),
    },
    {
      option: 'tags',
      key: 'guardrails.tags',
      text: 'Tags of every resource, key=value,key=value (empty: none)',
      example: 'cost-center=ml',
      fallback: always(''),
    },
  ];
}

function environmentQuestions(name: string): Question[] {
  const when = ({ environments }: Values) => (environments ?? '').split(',').includes(name);
  const uses = (network: string) => (values: Values) => when(values) && values[`${name}-network`] === network;
  const isDev = name === 'dev';
  const of = `environments.${name}`;
  const places = placeQuestions(name, of, `AWS account of ${name}`, (values) => values['delivery-account']);
  return [
    ...places.map((question) => ({ ...question, when })),
    {
      option: `${name}-network`,
      key: `${of}.network`,
      text: `Network of ${name}: a VPC of its own, or one that exists`,
      example: 'own',
      choices: ['own', 'existing'],
      fallback: (values) => (values[`${name}-vpc`] ? 'existing' : 'own'),
      when,
    },
    {
      option: `${name}-zones`,
      key: `${of}.network.zones`,
      text: `Availability zones of ${name}, two or three`,
      example: 'eu-west-1a,eu-west-1b',
      fallback: (values) => ['a', 'b'].map((zone) => `${values[`${name}-region`]}${zone}`).join(),
      when: uses('own'),
    },
    {
      option: `${name}-vpc`,
      key: `${of}.network.vpc`,
      text: `Id of the existing VPC of ${name}`,
      example: 'vpc-0a1b2c3d4e5f60718',
      when: uses('existing'),
    },
    {
      option: `${name}-subnets`,
      key: `${of}.network.subnets`,
      text: 'Ids of two or three of its private subnets, in different zones',
      example: 'subnet-0a1b2c3d4e5f60718,subnet-0a1b2c3d4e5f60719',
      when: uses('existing'),
    },
    {
      option: `${name}-security-group`,
      key: `${of}.network.security_group`,
      text: 'Id of a security group for jobs and models (empty: the platform makes one)',
      example: 'sg-0a1b2c3d4e5f60718',
      fallback: () => '',
      when: uses('existing'),
    },
    {
      option: `${name}-approve-stacks`,
      key: `${of}.approval.stacks`,
      text: `Who approves changes of stacks in ${name}`,
      example: 'none',
      choices: ['none', 'person'],
      fallback: () => (isDev ? 'none' : 'person'),
      when,
    },
    {
      option: `${name}-approve-models`,
      key: `${of}.approval.model`,
      text: `Who approves a model that passed the gate in ${name}`,
      example: 'auto',
      choices: ['auto', 'person'],
      fallback: () => (isDev ? 'auto' : 'person'),
      when,
    },
  ];
}

/** Account and region of a place; the region is asked once for all. */
function placeQuestions(
  name: string,
  key: string,
  text: string,
  suggestion: (values: Values) => string | undefined,
): Question[] {
  return [
    {
      option: `${name}-account`,
      key: `${key}.account`,
      text,
      example: '210987654321',
      fallback: ({ account }) => account || undefined,
      suggestion: (values) => values.account || suggestion(values),
    },
    {
      option: `${name}-region`,
      key: `${key}.region`,
      text: `Region of ${name}`,
      example: 'eu-west-1',
      fallback: ({ region }) => region,
      asked: false,
    },
  ];
}

/** A connection that is not made yet: the form of an ARN, without an id. */
const noConnection = (region: string, account: string): string =>
  `arn:aws:codeconnections:${region}:${account}:connection/00000000-0000-0000-0000-000000000000`;
