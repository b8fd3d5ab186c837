import { stringify } from 'yaml';
import type { Values } from './questions';

/** platform.yaml as init writes it: each line that is not plain says what it is for. */
export function platformYaml(values: Values): string {
  const text = (option: string) => scalar(values[option] ?? '');
  const list = (option: string) => `[${wordsOf(values[option]).map(scalar).join(', ')}]`;
  const environments = wordsOf(values.environments).map((name) =>
    [
      `  ${name}:`,
      `    account: ${text(`${name}-account`)}`,
      `    region: ${text(`${name}-region`)}`,
      `    network: ${network(name, values, text, list)}`,
      `    approval: { stacks: ${text(`${name}-approve-stacks`)}, model: ${text(`${name}-approve-models`)} }`,
    ].join('\n'),
  );
  const guardrails = [
    `  instances: ${list('instances')} # SageMaker types that projects may use`,
    ...(values.budget
      ? [
          `  monthly_budget_usd: ${number(values.budget)} # each environment; people are told, nothing is stopped`,
        ]
      : []),
    ...(values.tags ? [`  tags: ${tags(values.tags)} # on every resource, job, model and endpoint`] : []),
  ];
  return `# yaml-language-server: $schema=../lib/config/schemas/platform.schema.json
# What holds for every project. npm run doctor says what the accounts still lack.
organisation: ${text('organisation')}
owner: ${text('owner')} # answers for the platform
delivery: # what builds and delivers every project
  account: ${text('delivery-account')}
  region: ${text('delivery-region')}
  repository: ${text('repository')}
  branch: ${text('branch')} # a merge to it is delivered
  connection: ${text('connection')}
environments: # in the order of delivery
${environments.join('\n')}
alerts:
  page: ${text('page')} # woken when callers are hurt
  inform: ${text('inform')} # reads what can wait until morning
guardrails:
${guardrails.join('\n')}
`;
}

function network(
  name: string,
  values: Values,
  text: (option: string) => string,
  list: (option: string) => string,
): string {
  if (values[`${name}-network`] !== 'existing') return `{ zones: ${list(`${name}-zones`)} }`;
  const group = values[`${name}-security-group`];
  const last = group ? `, security_group: ${text(`${name}-security-group`)}` : '';
  return `{ vpc: ${text(`${name}-vpc`)}, subnets: ${list(`${name}-subnets`)}${last} }`;
}

function tags(given: string): string {
  const entries = wordsOf(given).map((entry) => {
    const [key = '', ...value] = entry.split('=');
    return `${scalar(key)}: ${scalar(value.join('='))}`;
  });
  return `{ ${entries.join(', ')} }`;
}

/** Words between commas. */
export const wordsOf = (given: string | undefined): string[] =>
  (given ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** With quotes where YAML would take it for something else, such as a number; never folded. */
const scalar = (value: string): string =>
  stringify(value, { lineWidth: 0, defaultStringType: quoted(value) }).trim();

/** In a list or map with braces some plain texts would end too early. */
const quoted = (value: string): 'QUOTE_DOUBLE' | 'PLAIN' =>
  /^[\w./@-]+$/.test(value) ? 'PLAIN' : 'QUOTE_DOUBLE';

const number = (value: string): string => (Number.isFinite(Number(value)) ? value : scalar(value));
