import { decide } from '../../../rehearsal/access/decide';
import { statements as parsed } from '../../../rehearsal/access/policy';
import { fitsAction } from '../../../rehearsal/access/wildcard';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';
import { type Resource, resourcesOf, statementsOf } from '../../fixtures/resources';

const organisation = testOrganisation(({ write }) =>
  write(
    'platform.yaml',
    PLATFORM_YAML.replace('guardrails: {', 'guardrails: { instances: [ml.m5.*, ml.t3.*],'),
  ),
);
const resources = resourcesOf(organisation.app.synth());
const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');
afterAll(() => organisation.remove());

const boundary = (stack: string): Resource => {
  const found = resources.find((one) => one.stack === stack && one.type === 'AWS::IAM::ManagedPolicy');
  if (!found) throw new Error(`${stack} has no boundary`);
  return found;
};

/** Whether the boundary of dev leaves this to a role that was given it. */
const leaves = (
  action: string,
  context: Record<string, string | string[]> = {},
  resource = 'arn:aws:s3:::any',
) =>
  decide(parsed(boundary('dev-platform').properties.PolicyDocument), {
    action,
    resource,
    context: { 'aws:RequestedRegion': 'eu-west-1', 'aws:SecureTransport': 'true', ...context },
  }).allowed;

test('every role is bounded, also those that CDK makes', () => {
  expect(roles.length).toBeGreaterThan(40);
  for (const { stack, id, properties } of roles) {
    const expected = /-(platform|delivery)$/.test(stack)
      ? { Ref: boundary(stack).id }
      : `arn:aws:iam::${stack.includes('prod') ? '444455556666' : '111122223333'}:policy/mlops-${stack.split('-')[1]}-boundary`;
    expect([stack, id, properties.PermissionsBoundary]).toEqual([stack, id, expected]);
  }
});

test('nothing that a role is given is taken away by its boundary', () => {
  const ceilingOf = (stack: string) =>
    /-delivery$/.test(stack) ? stack : `${stack.split('-')[/-platform$/.test(stack) ? 0 : 1]}-platform`;
  const taken = statementsOf(resources.filter(({ type }) => type !== 'AWS::IAM::ManagedPolicy')).flatMap(
    ({ stack, actions }) => {
      const ceiling = statementsOf([boundary(ceilingOf(stack))])
        .filter(({ effect }) => effect === 'Allow')
        .flatMap((statement) => statement.actions);
      return actions
        .filter((action) => !ceiling.some((pattern) => fitsAction(pattern, action)))
        .map((action) => `${stack}: ${action}`);
    },
  );

  expect(taken).toEqual([]);
});

test.each([
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:DeleteRolePermissionsBoundary',
  'iam:CreatePolicyVersion',
  'iam:CreateUser',
  'cloudformation:UpdateStack',
  's3:PutBucketPolicy',
  's3:PutBucketAcl',
  's3:PutObjectAcl',
  's3:PutBucketPublicAccessBlock',
  'kms:ScheduleKeyDeletion',
  'kms:PutKeyPolicy',
  'ssm:PutParameter',
  'lambda:UpdateFunctionCode',
  'sagemaker:CreateNotebookInstance',
])('no role can be given %s', (action) => {
  expect(leaves(action)).toBe(false);
});

test('a role asks the allowed regions only', () => {
  expect(leaves('s3:GetObject')).toBe(true);
  expect(leaves('s3:GetObject', { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
});

test.each([
  ['ml.m5.xlarge', true],
  ['ml.t3.large', true],
  ['ml.p5.48xlarge', false],
])('that a job runs on %s is %s', (type, allowed) => {
  expect(leaves('sagemaker:CreateTrainingJob', { 'sagemaker:InstanceTypes': [type] })).toBe(allowed);
});

test('one instance that is not allowed is too many', () => {
  const types = ['ml.m5.large', 'ml.p5.48xlarge'];

  expect(leaves('sagemaker:CreateEndpointConfig', { 'sagemaker:InstanceTypes': types })).toBe(false);
});

test('a role passes roles of its environment, to SageMaker', () => {
  const passing = (role: string, service: string) =>
    leaves('iam:PassRole', { 'iam:PassedToService': service }, `arn:aws:iam::111122223333:role/${role}`);

  expect(passing('mail-dev-job', 'sagemaker.amazonaws.com')).toBe(true);
  expect(passing('mail-prod-job', 'sagemaker.amazonaws.com')).toBe(false);
  expect(passing('mail-dev-job', 'lambda.amazonaws.com')).toBe(false);
});

test.each(['dev-platform', 'prod-platform', 'mail-delivery'])(
  'the boundary of %s fits in a policy',
  (stack) => {
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(JSON.stringify(boundary(stack).properties.PolicyDocument).length).toBeLessThan(6_144);
  },
);

test('a boundary of the organisation takes the place of ours, in every account', () => {
  const own = testOrganisation(({ write }) =>
    write(
      'platform.yaml',
      PLATFORM_YAML.replace('guardrails: {', 'guardrails: { permissions_boundary: ours,'),
    ),
  );
  const found = resourcesOf(own.app.synth());

  expect(found.filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')).toEqual([]);
  for (const { stack, id, properties } of found.filter(({ type }) => type === 'AWS::IAM::Role'))
    expect([stack, id, properties.PermissionsBoundary]).toEqual([
      stack,
      id,
      expect.stringMatching(/^arn:aws:iam::\d{12}:policy\/ours$/),
    ]);
  own.remove();
});
