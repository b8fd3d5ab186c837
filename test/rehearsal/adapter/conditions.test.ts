import { metricNamespaces, withoutUnreadable, withSessions } from '../../../rehearsal/adapter/conditions';

const statement = (Condition?: unknown) => ({
  Effect: 'Allow',
  Action: 'cloudwatch:PutMetricData',
  Resource: '*',
  ...(Condition ? { Condition } : {}),
});
const policy = (...Statement: unknown[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyDocument: { Version: '2012-10-17', Statement } },
});

test('a condition the emulator cannot read is left out, and nothing else of the statement', () => {
  const given = policy(statement({ StringEquals: { 'cloudwatch:namespace': 'MLOps' } }));

  expect(withoutUnreadable(given)).toEqual(policy(statement()));
});

test('conditions beside it stay', () => {
  const region = { 'aws:RequestedRegion': 'eu-west-1' };
  const given = policy(
    statement({
      StringEquals: { 'cloudwatch:namespace': 'MLOps', ...region },
      Bool: { 'aws:SecureTransport': 'true' },
    }),
  );

  expect(withoutUnreadable(given)).toEqual(
    policy(statement({ StringEquals: region, Bool: { 'aws:SecureTransport': 'true' } })),
  );
});

test('a policy without such a condition is not touched', () => {
  expect(withoutUnreadable(policy(statement({ Bool: { 'aws:SecureTransport': 'true' } })))).toBeUndefined();
});

test('the namespaces that policies allow are found wherever they stand', () => {
  const template = {
    Resources: {
      One: policy(statement({ StringEquals: { 'cloudwatch:namespace': 'MLOps' } })),
      Two: policy(statement({ StringEquals: { 'cloudwatch:namespace': ['A', 'B'] } })),
      Three: policy(statement()),
    },
  };

  expect(metricNamespaces(template)).toEqual(['MLOps', 'A', 'B']);
});

test('where a condition asks for a role, its sessions are named too, as the emulator calls them', () => {
  const caller = (arn: unknown) => policy(statement({ ArnLike: { 'aws:PrincipalArn': arn } }));

  expect(withSessions(caller('arn:aws:iam::000011112222:role/*-delivery-build'))).toEqual(
    caller([
      'arn:aws:iam::000011112222:role/*-delivery-build',
      'arn:aws:sts::000011112222:assumed-role/*-delivery-build/*',
    ]),
  );
  expect(withSessions(caller(['arn:aws:iam::000011112222:user/ann']))).toEqual(
    caller(['arn:aws:iam::000011112222:user/ann']),
  );
  expect(withSessions(policy(statement()))).toBeUndefined();
});
