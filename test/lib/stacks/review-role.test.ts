import { decide } from '../../../rehearsal/access/decide';
import { statements as parsed } from '../../../rehearsal/access/policy';
import { testOrganisation } from '../../fixtures/organisation';
import { resourcesOf, statementsOf } from '../../fixtures/resources';

const organisation = testOrganisation();
const resources = resourcesOf(organisation.app.synth());
afterAll(() => organisation.remove());

const policies = resources.filter(
  ({ stack, id, type }) =>
    /-platform$/.test(stack) && type === 'AWS::IAM::Policy' && id.startsWith('ReviewRole'),
);
const dev = parsed(policies.find(({ stack }) => stack === 'dev-platform')?.properties.PolicyDocument);
const may = (action: string, resource: string, context: Record<string, string | string[]> = {}) =>
  decide(dev, { action, resource, context }).allowed;

const here = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
const ARTIFACTS = 'arn:aws:s3:::mail-dev-artifacts-111122223333-eu-west-1';

test('it reads, and no action of it writes, starts or passes anything', () => {
  expect(policies.map(({ stack }) => stack)).toEqual(['dev-platform', 'prod-platform']);
  const actions = statementsOf(policies).flatMap((statement) => statement.actions);

  expect(new Set(actions)).toEqual(
    new Set([
      'cloudformation:GetTemplate',
      'kms:Decrypt',
      's3:GetObject',
      's3:ListBucket',
      'sagemaker:ListPipelineExecutions',
    ]),
  );
});

test.each([
  ['cloudformation:GetTemplate', here('cloudformation', 'stack/mail-dev-serving/0a1b'), true],
  ['cloudformation:GetTemplate', here('cloudformation', 'stack/mail-prod-serving/0a1b'), false],
  ['sagemaker:ListPipelineExecutions', here('sagemaker', 'pipeline/mail-dev'), true],
  ['s3:ListBucket', ARTIFACTS, true],
  ['s3:GetObject', `${ARTIFACTS}/runs/0a1b/evaluation/evaluation.json`, true],
  ['s3:GetObject', `${ARTIFACTS}/data/rows.csv`, false],
  ['s3:GetObject', `${ARTIFACTS}/runs/0a1b/model.tar.gz`, false],
  ['s3:PutObject', `${ARTIFACTS}/runs/0a1b/evaluation/evaluation.json`, false],
])('that it may %s on %s is %s', (action, resource, allowed) => {
  expect(may(action, resource)).toBe(allowed);
});

test('it reads what the keys of this environment’s projects encrypt', () => {
  const decrypts = (alias: string) =>
    may('kms:Decrypt', here('kms', 'key/0a1b'), { 'kms:ResourceAliases': [alias] });

  expect(decrypts('alias/mail-dev')).toBe(true);
  expect(decrypts('alias/mail-prod')).toBe(false);
});
