import { decide } from '../../../rehearsal/access/decide';
import { type Context, type Statement, statements } from '../../../rehearsal/access/policy';
import { taskQuestions } from '../../../rehearsal/access/state-machine';

const TABLE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/x-dev-state';

test.each([
  ['the action and resource named', { Action: 'dynamodb:GetItem', Resource: TABLE }, true],
  ['the action in other case', { Action: 'DynamoDB:getitem', Resource: TABLE }, true],
  [
    'wildcards in both',
    { Action: ['s3:*', 'dynamodb:Get*'], Resource: 'arn:aws:dynamodb:*:table/x-???-state' },
    true,
  ],
  ['another resource', { Action: 'dynamodb:GetItem', Resource: `${TABLE}/index/*` }, false],
  ['a dot that is no wildcard', { Action: 'dynamodb:GetItem', Resource: TABLE.replace('-', '.') }, false],
  ['everything but another action', { NotAction: 'dynamodb:PutItem', Resource: '*' }, true],
  ['everything but this action', { NotAction: 'dynamodb:Get*', Resource: '*' }, false],
  ['every resource but this', { Action: 'dynamodb:GetItem', NotResource: TABLE }, false],
] as const)('a statement with %s: %s', (_, statement, allowed) => {
  expect(ask([{ Effect: 'Allow', ...statement }]).allowed).toBe(allowed);
});

test('an explicit deny wins over any allow', () => {
  const decision = ask([
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Sid: 'NotThat', Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' },
  ]);
  expect(decision).toEqual({ allowed: false, because: 'an explicit deny (NotThat)' });
});

test.each([
  [{ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } }, true],
  [{ StringEquals: { 'iam:PassedToService': ['glue.amazonaws.com', 'sagemaker.amazonaws.com'] } }, true],
  [{ StringLike: { 'IAM:passedtoservice': 'sagemaker.*' } }, true],
  [{ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, false],
  [{ StringNotEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, true],
  [{ StringNotEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } }, false],
  [{ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/x-dev' } }, true],
  [{ 'ForAllValues:StringEquals': { 'kms:ResourceAliases': 'alias/x-dev' } }, false],
  [{ StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }, false],
  [{ StringEqualsIfExists: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }, true],
  [{ Null: { 'kms:ViaService': 'true' } }, true],
  [{ Bool: { 'aws:SecureTransport': true } }, true],
  [{ ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:111122223333:rule/*' } }, true],
  [{ NumericLessThan: { 's3:max-keys': '10' } }, false],
])('the condition %j holds: %s', (Condition, allowed) => {
  const context: Context = {
    'iam:PassedToService': 'sagemaker.amazonaws.com',
    'kms:ResourceAliases': ['alias/x-dev', 'alias/other'],
    'aws:SecureTransport': 'true',
    'aws:SourceArn': 'arn:aws:events:eu-west-1:111122223333:rule/approved',
  };
  expect(ask([{ Effect: 'Allow', Action: '*', Resource: '*', Condition }], context).allowed).toBe(allowed);
});

test('a denial says which condition kept a statement from allowing it', () => {
  const Condition = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } };
  expect(ask([{ Effect: 'Allow', Action: '*', Resource: '*', Condition }]).because).toContain(
    'StringEquals kms:ViaService s3.eu-west-1.amazonaws.com, the request has no such key',
  );
});

test('a key that the request does not have fits no ForAnyValue, a negated one neither', () => {
  const instances = { 'sagemaker:InstanceTypes': 'ml.m5.*' };
  const denying = (operator: string): Statement[] => [
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: '*', Resource: '*', Condition: { [operator]: instances } },
  ];

  expect(ask(denying('ForAnyValue:StringNotLike')).allowed).toBe(true);
  expect(ask(denying('StringNotLike')).allowed).toBe(false);
  expect(
    ask(denying('ForAnyValue:StringNotLike'), {
      'sagemaker:InstanceTypes': ['ml.m5.large', 'ml.p5.48xlarge'],
    }).allowed,
  ).toBe(false);
});

test('a resource policy allows the service it names and no other', () => {
  const policy = (Service: string): Statement[] => [
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*', Principal: { Service } },
  ];
  const request = {
    action: 'sqs:SendMessage',
    resource: 'arn:q',
    context: {},
    service: 'events.amazonaws.com',
  };
  expect(decide(policy('events.amazonaws.com'), request).allowed).toBe(true);
  expect(decide(policy('sns.amazonaws.com'), request).allowed).toBe(false);
  expect(decide([{ Effect: 'Allow', Action: '*', Resource: '*' }], request).allowed).toBe(false);
});

test('a policy is read as IAM answers it, percent-encoded, with one statement or many', () => {
  const one = { Effect: 'Allow', Action: '*', Resource: '*' };
  expect(statements(encodeURIComponent(JSON.stringify({ Statement: one })))).toEqual([one]);
  expect(statements({ Statement: [one, one] })).toHaveLength(2);
  expect(statements(undefined)).toEqual([]);
});

test('a state machine’s tasks say what its role must be allowed', () => {
  const invoke = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'arn:fn' },
  };
  const publish = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sns:publish',
    Parameters: { TopicArn: 'arn:topic' },
  };
  const definition = JSON.stringify({
    StartAt: 'A',
    States: {
      A: invoke,
      B: { Type: 'Parallel', Branches: [{ States: { C: publish } }] },
      D: { Type: 'Wait', Seconds: 1 },
    },
  });
  expect(taskQuestions(definition, 'arn:role')).toEqual([
    { state: 'A', role: 'arn:role', action: 'lambda:InvokeFunction', resource: 'arn:fn' },
    { state: 'C', role: 'arn:role', action: 'sns:Publish', resource: 'arn:topic' },
  ]);
});

test('fails on a task whose needs are not known, rather than passing it', () => {
  const task = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:sagemaker:createModel' };
  expect(() => taskQuestions(JSON.stringify({ States: { A: task } }), 'arn:role')).toThrow(
    'state A: what arn:aws:states:::aws-sdk:sagemaker:createModel needs from the role is not read here',
  );
});

function ask(policy: readonly Statement[], context: Context = {}) {
  return decide(policy, { action: 'dynamodb:GetItem', resource: TABLE, context });
}
