import { decide } from '../../../rehearsal/access/decide';
import { statements as parsed } from '../../../rehearsal/access/policy';
import { testOrganisation } from '../../fixtures/organisation';
import { resourcesOf } from '../../fixtures/resources';

const organisation = testOrganisation();
const resources = resourcesOf(organisation.app.synth()).filter(({ stack }) => stack === 'dev-platform');
afterAll(() => organisation.remove());

const role = resources.find(({ properties }) => properties.RoleName === 'mlops-dev-delivery');
const policy = parsed(
  resources.find(({ id, type }) => type === 'AWS::IAM::Policy' && id.startsWith('DeliveryRole'))?.properties
    .PolicyDocument,
);

const may = (action: string, resource: string, context: Record<string, string | string[]> = {}) =>
  decide(policy, { action, resource, context: { 'aws:ResourceAccount': '111122223333', ...context } })
    .allowed;

const here = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
const KEY = here('kms', 'key/0a1b');

test('it is assumed by the roles that deliver, of the delivery account only', () => {
  expect(role?.properties.AssumeRolePolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: 'arn:aws:iam::000011112222:root' },
      Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000011112222:role/*-delivery-build-dev' } },
    },
  ]);
});

test.each(['deploy', 'file-publishing', 'image-publishing', 'lookup'])(
  'it becomes the %s role of cdk bootstrap, here',
  (what) => {
    const roleOf = (account: string) =>
      `arn:aws:iam::${account}:role/cdk-hnb659fds-${what}-role-${account}-eu-west-1`;

    expect(may('sts:AssumeRole', roleOf('111122223333'))).toBe(true);
    expect(may('sts:AssumeRole', roleOf('444455556666'))).toBe(false);
  },
);

test('it does not become the role that CloudFormation makes everything with', () => {
  expect(
    may(
      'sts:AssumeRole',
      'arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1',
    ),
  ).toBe(false);
});

test.each([
  ['code/0a1b/train.py', true],
  ['data/rows.csv', true],
  ['models/0a1b/model.tar.gz', false],
  ['monitor/report.json', false],
])('that it brings %s into a bucket of artifacts is %s', (key, allowed) => {
  expect(may('s3:PutObject', `arn:aws:s3:::mail-dev-artifacts-111122223333-eu-west-1/${key}`)).toBe(allowed);
});

test.each(['mail-dev-records-111122223333-eu-west-1', 'mail-prod-artifacts-111122223333-eu-west-1'])(
  'it neither reads nor writes %s',
  (bucket) => {
    expect(may('s3:GetObject', `arn:aws:s3:::${bucket}/code/x`)).toBe(false);
    expect(may('s3:PutObject', `arn:aws:s3:::${bucket}/code/x`)).toBe(false);
  },
);

test('data of another account is read where its owner allows it; in this account its bucket must say so itself', () => {
  const crm = 'arn:aws:s3:::example-crm-exports/emails/rows.csv';

  expect(may('s3:GetObject', crm, { 'aws:ResourceAccount': '777788889999' })).toBe(true);
  expect(may('s3:GetObject', crm)).toBe(false);
});

test('it uses the keys of projects in this environment', () => {
  expect(may('kms:GenerateDataKey', KEY, { 'kms:ResourceAliases': ['alias/mail-dev'] })).toBe(true);
  expect(may('kms:GenerateDataKey', KEY, { 'kms:ResourceAliases': ['alias/mail-prod'] })).toBe(false);
});

test.each([
  ['lambda:InvokeFunction', here('lambda', 'function:mail-dev-start-training'), true],
  ['lambda:InvokeFunction', here('lambda', 'function:mail-dev-release-model'), false],
  ['states:StartExecution', here('states', 'stateMachine:mail-dev-release'), true],
  ['states:StartExecution', here('states', 'stateMachine:mail-prod-release'), false],
  ['sagemaker:CreateTrainingJob', here('sagemaker', 'training-job/mail-dev-smoke-0a1b2c3d'), true],
  ['sagemaker:CreateTrainingJob', here('sagemaker', 'training-job/pipelines-0a1b'), false],
  ['sagemaker:ListPipelineExecutionSteps', here('sagemaker', 'pipeline/mail-dev/execution/0a1b'), true],
  ['sagemaker:DescribeModelPackage', here('sagemaker', 'model-package/mail-dev/3'), true],
  // A person approves, or the policy of the environment; never who delivers.
  ['sagemaker:UpdateModelPackage', here('sagemaker', 'model-package/mail-dev/3'), false],
  ['sagemaker:UpdateEndpoint', here('sagemaker', 'endpoint/mail-dev'), false],
  ['cloudformation:GetTemplate', here('cloudformation', 'stack/mail-dev-storage/0a1b'), true],
  ['cloudformation:UpdateStack', here('cloudformation', 'stack/mail-dev-storage/0a1b'), false],
])('that it may %s on %s is %s', (action, resource, allowed) => {
  expect(may(action, resource)).toBe(allowed);
});

test('it hands the roles of jobs to SageMaker, and no other', () => {
  const passing = (name: string) =>
    may('iam:PassRole', `arn:aws:iam::111122223333:role/${name}`, {
      'iam:PassedToService': 'sagemaker.amazonaws.com',
    });

  expect(passing('mail-dev-job')).toBe(true);
  expect(passing('mail-dev-pipeline')).toBe(false);
});
