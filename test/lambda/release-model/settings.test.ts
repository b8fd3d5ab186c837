import type { ReleaseModelEnv } from '../../../lambda/release-model/contract';
import {
  configRequest,
  modelRequest,
  nameOf,
  type Settings,
  settingsFrom,
} from '../../../lambda/release-model/settings';
import { settings } from './settings-of-a-test';

const env: ReleaseModelEnv = {
  ENDPOINT_NAME: 'mail-dev',
  MODEL_PACKAGE_GROUP: 'mail-dev',
  STATE_TABLE: 'mail-dev-state',
  OWNER_TOPIC_ARN: settings.ownerTopicArn,
  MODEL_ROLE_ARN: settings.roleArn,
  INSTANCE_TYPE: 'ml.m5.large',
  INSTANCE_COUNT: '1',
  CAPTURE_URI: settings.captureUri,
  KEY_ARN: settings.keyArn,
  SUBNET_IDS: 'subnet-1,subnet-2',
  SECURITY_GROUP_IDS: 'sg-1',
  FIELDS: 'subject,body',
  TARGETS: 'topic',
  TAGS: '{"project":"mail"}',
};
const target = { version: 3, packageArn: 'arn:package/3', config: nameOf(settings, 3) };

test('the environment is read once into typed settings', () => {
  expect(settingsFrom(env)).toEqual(settings);
});

test.each(['0', 'two', '1.5', ''])('fails with an INSTANCE_COUNT of %p', (count) => {
  expect(() => settingsFrom({ ...env, INSTANCE_COUNT: count })).toThrow(
    `INSTANCE_COUNT must be a whole number of at least 1, got '${count}'`,
  );
});

test('fails with tags that are not JSON', () => {
  expect(() => settingsFrom({ ...env, TAGS: 'project=mail' })).toThrow(
    "TAGS must be a JSON object of strings, got 'project=mail'",
  );
});

test('the model is told its version, isolated, in the network, under its own role', () => {
  expect(modelRequest(settings, target)).toMatchObject({
    ModelName: target.config,
    PrimaryContainer: { ModelPackageName: 'arn:package/3', Environment: { MODEL_VERSION: '3' } },
    ExecutionRoleArn: settings.roleArn,
    EnableNetworkIsolation: true,
    VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
  });
});

test('every request and reply is captured, encrypted', () => {
  expect(configRequest(settings, target)).toMatchObject({
    EndpointConfigName: target.config,
    ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: target.config, InitialInstanceCount: 1 }],
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: settings.captureUri,
      KmsKeyId: settings.keyArn,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { JsonContentTypes: ['application/json'] },
    },
    KmsKeyId: settings.keyArn,
  });
});

test('an instance with local storage gets no key for its volume, since AWS refuses one', () => {
  expect(configRequest({ ...settings, instanceType: 'ml.g5.xlarge' }, target)).not.toHaveProperty('KmsKeyId');
});

test('names carry project, environment and version, and fit the 63 characters of AWS', () => {
  expect(nameOf(settings, 3)).toMatch(/^mail-dev-v3-[0-9a-f]{8}$/);
  const longest = { ...settings, endpoint: `${'a'.repeat(20)}-prod` };
  expect(nameOf(longest, 999_999).length).toBeLessThanOrEqual(63);
});

test.each<[string, Partial<Settings>]>([
  ['instance type', { instanceType: 'ml.m5.xlarge' }],
  ['instance count', { instances: 2 }],
  ['role', { roleArn: 'arn:other' }],
  ['key', { keyArn: 'arn:other' }],
  ['subnets', { subnets: ['subnet-3'] }],
  ['capture', { captureUri: 's3://other' }],
])('another %s is another name, so it reaches the live endpoint', (_, change) => {
  expect(nameOf({ ...settings, ...change }, 3)).not.toBe(nameOf(settings, 3));
});

test('another tag is the same name: it is not worth a new fleet', () => {
  expect(nameOf({ ...settings, tags: [] }, 3)).toBe(nameOf(settings, 3));
});
