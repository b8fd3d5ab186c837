import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { allowKey, keyArnOf } from '../../../lib/constructs/key-access';
import { allow, servicePrincipal } from '../../../lib/constructs/permissions';
import { context } from '../../fixtures/organisation';

const folder = mkdtempSync(join(tmpdir(), 'mlops-permissions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function testRole() {
  const app = new App({ context, outdir: join(folder, 'cdk.out') });
  const stack = new Stack(app, 'Test', { env: { account: '111122223333', region: 'eu-west-1' } });
  const role = new iam.Role(stack, 'Role', {
    assumedBy: servicePrincipal('sagemaker.amazonaws.com', stack.account),
  });
  return { stack, role };
}

const findingsOf = (stack: Stack) =>
  new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName);

test('a wildcard with a reason is acknowledged, in resource and action', () => {
  const { stack, role } = testRole();

  allow(role, {
    actions: ['s3:Get*'],
    resources: ['arn:aws:s3:::bucket/data/*'],
    because: 'data are named by content',
  });

  expect(findingsOf(stack)).toEqual([]);
});

test('fails on a wildcard without a reason, naming it', () => {
  const { role } = testRole();

  expect(() => allow(role, { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/*'] })).toThrow(
    'Test/Role has wildcards without a reason: Resource::arn:aws:s3:::bucket/* · say why in because',
  );
});

test('the acknowledgement of one wildcard accepts no other', () => {
  const { stack, role } = testRole();

  allow(role, { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::bucket/*'], because: 'a reason' });
  role.addToPolicy(
    new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: ['arn:aws:s3:::other/*'] }),
  );

  expect(findingsOf(stack)).toEqual(['AwsSolutions-IAM5[Resource::arn:aws:s3:::other/*]']);
});

test('a service assumes a role for this account only', () => {
  const { stack } = testRole();

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Principal: { Service: 'sagemaker.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
        },
      ],
    },
  });
});

test('the key is named by its alias in requests, and by a condition on the alias in policies', () => {
  const { stack, role } = testRole();

  allowKey(role, 'alias/mail-dev');

  expect(keyArnOf(role, 'alias/mail-dev')).toBe('arn:aws:kms:eu-west-1:111122223333:alias/mail-dev');
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Resource: 'arn:aws:kms:eu-west-1:111122223333:key/*',
          Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/mail-dev' } },
        },
      ],
    },
  });
});
