import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { testOrganisation } from '../../fixtures/organisation';
import { namedTwice, physicalNames } from '../../fixtures/physical-names';
import { PLATFORM_YAML } from '../../fixtures/project';
import { type Resource, resourcesOf } from '../../fixtures/resources';

/** Short, long and nearly equal names; those that lie within another project's are refused when they are read. */
const NAMES = [
  'ab',
  'mails',
  'mail2',
  'storage',
  'twenty-letters-long1',
  ...Array.from({ length: 94 }, (_, index) => `project-${index + 1}`),
];

/** One account for everything, where collisions would be worst; one environment, since two differ in a word of each name. */
const PLATFORM = PLATFORM_YAML.replaceAll('000011112222', '111122223333').replace(/^ {2}prod:.*\n/m, '');

const PROJECT = `kind: email-classification@1
owner: mail@example.com
fields: [subject]
targets: [topic]
gate: { macro_f1: { topic: 0.8 } }
environments: { dev: { data: sample/, learner: linear } }
`;

let resources: Resource[] = [];
let stacks: { readonly id: string; readonly stackName: string }[] = [];

beforeAll(() => {
  const organisation = testOrganisation(({ project, folder, write }) => {
    write('platform.yaml', PLATFORM);
    write('mail/project.yaml', PROJECT);
    for (const name of NAMES) {
      mkdirSync(join(folder, name, 'sample'), { recursive: true });
      cpSync(join(project, 'environments'), join(folder, name, 'environments'), { recursive: true });
      write(`${name}/project.yaml`, PROJECT);
    }
  });
  const assembly = organisation.app.synth();
  stacks = assembly.stacks.map(({ id, stackName }) => ({ id, stackName }));
  resources = resourcesOf(assembly);
  organisation.remove();
}, 120_000);

test('a hundred projects are five stacks each, beside the platform', () => {
  expect(stacks).toHaveLength(100 * 5 + 1);
  expect(new Set(stacks.map(({ stackName }) => stackName)).size).toBe(stacks.length);
  expect(new Set(stacks.map(({ id }) => id)).size).toBe(stacks.length);
});

test('no two of their resources have one name, though all are in one account', () => {
  expect(physicalNames(resources).length).toBeGreaterThan(100 * 50);
  expect(namedTwice(resources)).toEqual([]);
});

test('buckets and roles keep to the lengths that AWS allows', () => {
  const longest = (type: string, property: string) =>
    Math.max(
      ...resources
        .filter((one) => one.type === type)
        .map(({ properties }) => String(properties[property] ?? '').length),
    );

  expect(longest('AWS::S3::Bucket', 'BucketName')).toBeLessThanOrEqual(63);
  expect(longest('AWS::IAM::Role', 'RoleName')).toBeLessThanOrEqual(64);
  expect(longest('AWS::Lambda::Function', 'FunctionName')).toBeLessThanOrEqual(64);
});

test('no stack comes near the 500 resources that CloudFormation takes', () => {
  const counts = new Map<string, number>();
  for (const { stack } of resources) counts.set(stack, (counts.get(stack) ?? 0) + 1);

  expect(Math.max(...counts.values())).toBeLessThan(250);
});

test('the platform does not grow with the projects', () => {
  expect(resources.filter(({ stack }) => stack === 'dev-platform').length).toBeLessThan(35);
});
