import { permissionDifference } from '../../../operations/evidence/permissions';
import { assemblyOf } from '../small-assembly';

const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'mail-dev-job' } };
const policy = (...statements: object[]) =>
  assemblyOf({
    Role: role,
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document(...statements) },
    },
  });

test('an action that was added to a statement is the only change', () => {
  const difference = permissionDifference(
    policy(allow(['s3:GetObject'], 'arn:a')),
    policy(allow(['s3:GetObject', 's3:PutObject'], ['arn:a'])),
  );
  expect(difference).toEqual({
    added: [
      expect.objectContaining({
        holder: 'mail-dev-job',
        actions: ['s3:PutObject'],
        resource: 'arn:a',
        wildcard: false,
      }),
    ],
    removed: [],
  });
});

test('statements that were only merged did not change', () => {
  const difference = permissionDifference(
    policy(allow('s3:GetObject', 'arn:a'), allow('s3:PutObject', 'arn:a')),
    policy(allow(['s3:GetObject', 's3:PutObject'], 'arn:a')),
  );
  expect(difference).toEqual({ added: [], removed: [] });
});

test('a condition that is gone is a permission more and one less', () => {
  const { added, removed } = permissionDifference(
    policy(allow('s3:GetObject', 'arn:a', { Condition: { StringEquals: { 'aws:SourceAccount': '1' } } })),
    policy(allow('s3:GetObject', 'arn:a')),
  );
  expect(added).toEqual([expect.objectContaining({ condition: '' })]);
  expect(removed).toEqual([expect.objectContaining({ condition: expect.stringContaining('SourceAccount') })]);
});

test.each([
  ['any action of a service', allow('s3:*', 'arn:a'), true],
  ['any resource', allow('s3:GetObject', '*'), true],
  ['all but some actions', { Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:a' }, true],
  ['objects below a prefix', allow('s3:GetObject', 'arn:a/*'), false],
  ['a denial of everything', { Effect: 'Deny', Action: '*', Resource: '*' }, false],
])('%s: wildcard or not', (_what, statement, wildcard) => {
  const { added } = permissionDifference(policy(), policy(statement));
  expect(added.map((each) => each.wildcard)).toEqual([wildcard]);
});

test('in the policy of a key, * is the key, and anybody is a wildcard', () => {
  const key = (principal: unknown) =>
    assemblyOf({
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: { KeyPolicy: document(allow('kms:Decrypt', '*', { Principal: principal })) },
      },
    });
  const wildcards = (principal: unknown) =>
    permissionDifference({ stacks: [] }, key(principal)).added.map(({ wildcard }) => wildcard);

  expect(wildcards({ Service: 'logs.amazonaws.com' })).toEqual([false]);
  expect(wildcards('*')).toEqual([true]);
  expect(wildcards({ AWS: '*' })).toEqual([true]);
  expect(wildcards({ AWS: 'arn:aws:iam::111122223333:root' })).toEqual([false]);
});

test('a managed policy of AWS is a wildcard, and a boundary that nobody holds is none', () => {
  const { added } = permissionDifference(
    { stacks: [] },
    assemblyOf({
      Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Admin'] } },
      Boundary: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: { PolicyDocument: document(allow('*', '*')) },
      },
    }),
  );
  expect(added.map(({ actions, wildcard }) => [actions[0], wildcard])).toEqual([
    ['what arn:aws:iam::aws:policy/Admin allows', true],
    ['*', false],
  ]);
});

test('who may call a function, and inline policies of a role, are looked at as well', () => {
  const { added } = permissionDifference(
    { stacks: [] },
    assemblyOf({
      Allowed: {
        Type: 'AWS::Lambda::Permission',
        Properties: { Action: 'lambda:InvokeFunction', Principal: '*', FunctionName: 'f' },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [{ PolicyName: 'p', PolicyDocument: document(allow('s3:GetObject', 'arn:a')) }],
        },
      },
    }),
  );
  expect(added.map(({ holder, actions, wildcard }) => [holder, actions[0], wildcard])).toEqual([
    ['f', 'lambda:InvokeFunction', true],
    ['Role', 's3:GetObject', false],
  ]);
});
