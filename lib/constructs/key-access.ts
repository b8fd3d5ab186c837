import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { allow } from './permissions';

/**
 * The ARN of the project's key by its alias: what requests name. Every service used here takes the ARN of an alias
 * where it takes that of a key, and a literal lets the stacks deploy side by side.
 */
export function keyArnOf(scope: IConstruct, alias: string): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: alias });
}

/** Lets a role read and write what the project's key encrypts. */
export function allowKey(role: iam.Role, alias: string): void {
  allow(role, {
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    ...onlyKeyOf(role, alias),
  });
}

/** Lets a role hand the project's key to the volumes of its machines, and to nothing but AWS services. */
export function allowKeyForVolumes(role: iam.Role, alias: string): void {
  const { conditions, ...rest } = onlyKeyOf(role, alias);
  allow(role, {
    actions: ['kms:CreateGrant'],
    ...rest,
    conditions: { ...conditions, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
}

/**
 * A policy cannot name a key by its alias, and the id of the key is known only after storage is deployed: so any
 * key of the account, on the condition that it carries the project's alias.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function onlyKeyOf(role: iam.Role, alias: string) {
  return {
    resources: [Stack.of(role).formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
    because: `keys of this account that carry the alias ${alias}, which is one key: the condition says so`,
  };
}
