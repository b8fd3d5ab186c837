import type { Settings } from '../../../lambda/release-model/settings';

export const settings: Settings = {
  endpoint: 'mail-dev',
  packageGroup: 'mail-dev',
  table: 'mail-dev-state',
  ownerTopicArn: 'arn:aws:sns:eu-west-1:111122223333:mail-dev-owner',
  roleArn: 'arn:aws:iam::111122223333:role/mail-dev-model',
  instanceType: 'ml.m5.large',
  instances: 1,
  scaling: undefined,
  canary: undefined,
  fourEyes: false,
  captureUri: 's3://mail-dev-records-111122223333-eu-west-1/capture',
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000',
  subnets: ['subnet-1', 'subnet-2'],
  securityGroups: ['sg-1'],
  fields: ['subject', 'body'],
  targets: ['topic'],
  tags: [{ Key: 'project', Value: 'mail' }],
};
