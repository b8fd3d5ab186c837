import type { ReleaseModelEnv } from '../../../lambda/release-model/contract';
import { settingsFrom } from '../../../lambda/release-model/settings';
import { settings } from './settings-of-a-test';

const env: ReleaseModelEnv = {
  ENDPOINT_NAME: 'mail-dev',
  MODEL_PACKAGE_GROUP: 'mail-dev',
  STATE_TABLE: 'mail-dev-state',
  OWNER_TOPIC_ARN: settings.ownerTopicArn,
  MODEL_ROLE_ARN: settings.roleArn,
  INSTANCE_TYPE: 'ml.m5.large',
  INSTANCES_MIN: '1',
  INSTANCES_MAX: '1',
  INVOCATIONS_PER_INSTANCE: '600',
  RELEASE: 'all_at_once',
  BAKE_MINUTES: '10',
  ROLLBACK_ALARMS: 'mail-dev-endpoint-errors,mail-dev-endpoint-latency',
  APPROVAL: 'auto',
  CAPTURE_URI: settings.captureUri,
  KEY_ARN: settings.keyArn,
  SUBNET_IDS: 'subnet-1,subnet-2',
  SECURITY_GROUP_IDS: 'sg-1',
  FIELDS: 'subject,body',
  TARGETS: 'topic',
  TAGS: '{"project":"mail"}',
};
test('the environment is read once into typed settings', () => {
  expect(settingsFrom(env)).toEqual(settings);
});

test('two numbers of instances scale by load, and begin with the smaller', () => {
  expect(settingsFrom({ ...env, INSTANCES_MIN: '2', INSTANCES_MAX: '6' })).toMatchObject({
    instances: 2,
    scaling: { min: 2, max: 6, perInstance: 600 },
  });
});

test('a canary has its minutes and its alarms, and a person who approves is another than the author', () => {
  expect(settingsFrom({ ...env, RELEASE: 'canary', APPROVAL: 'person' })).toMatchObject({
    canary: { bakeMinutes: 10, alarms: ['mail-dev-endpoint-errors', 'mail-dev-endpoint-latency'] },
    fourEyes: true,
  });
});

test.each(['0', 'two', '1.5', ''])('fails with INSTANCES_MIN of %p', (count) => {
  expect(() => settingsFrom({ ...env, INSTANCES_MIN: count })).toThrow(
    `INSTANCES_MIN must be a whole number of at least 1, got '${count}'`,
  );
});

test('fails with tags that are not JSON', () => {
  expect(() => settingsFrom({ ...env, TAGS: 'project=mail' })).toThrow(
    "TAGS must be a JSON object of strings, got 'project=mail'",
  );
});
