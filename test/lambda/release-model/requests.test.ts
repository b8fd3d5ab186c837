import { configRequest, modelRequest, nameOf, updateRequest } from '../../../lambda/release-model/requests';
import type { Settings } from '../../../lambda/release-model/settings';
import { settings } from './settings-of-a-test';

const target = { version: 3, packageArn: 'arn:package/3', config: nameOf(settings, 3) };

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

test('a machine with a GPU gets a host with a driver of CUDA 13, any other none', () => {
  const variant = (instanceType: Settings['instanceType']) =>
    configRequest({ ...settings, instanceType }, target).ProductionVariants?.[0];

  expect(variant('ml.g5.xlarge')).toMatchObject({
    InferenceAmiVersion: 'al2023-ami-sagemaker-inference-gpu-4-1',
  });
  for (const type of ['ml.m5.large', 'ml.inf2.xlarge'] as const)
    expect(variant(type)).not.toHaveProperty('InferenceAmiVersion');
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

test.each<[string, Partial<Settings>]>([
  ['way to release', { canary: { bakeMinutes: 10, alarms: ['errors'] } }],
  ['most instances', { scaling: { min: 1, max: 4, perInstance: 100 } }],
  ['approver', { fourEyes: true }],
])('another %s is the same name: it changes no fleet', (_, change) => {
  expect(nameOf({ ...settings, ...change }, 3)).toBe(nameOf(settings, 3));
});

describe('an update', () => {
  const names = { EndpointName: 'mail-dev', EndpointConfigName: target.config };
  const scaling = { min: 2, max: 6, perInstance: 100 };

  test('all at once says nothing more than its config', () => {
    expect(updateRequest(settings, target, { live: 1, canary: undefined })).toEqual(names);
  });

  test('by canary lets one instance bake, guarded by the alarms, within the limits of AWS', () => {
    const canary = { bakeMinutes: 60, alarms: ['errors', 'latency'] };
    const { DeploymentConfig: deployment } = updateRequest(settings, target, { live: 2, canary });
    expect(deployment).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
          WaitIntervalInSeconds: 3600,
        },
        TerminationWaitInSeconds: 300,
        MaximumExecutionTimeoutInSeconds: 7500,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }, { AlarmName: 'latency' }] },
    });
  });

  test('without an alarm that could guard it asks for none, since AWS takes no empty list', () => {
    const canary = { bakeMinutes: 5, alarms: [] };
    const { DeploymentConfig: deployment } = updateRequest(settings, target, { live: 2, canary });
    expect(deployment).not.toHaveProperty('AutoRollbackConfiguration');
  });

  test('of a fleet that has grown keeps its instances', () => {
    expect(updateRequest({ ...settings, scaling }, target, { live: 5, canary: undefined })).toEqual({
      ...names,
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    });
  });

  test.each([1, 7])('of a fleet of %i, outside of what scaling allows, begins with the least', (live) => {
    expect(updateRequest({ ...settings, scaling }, target, { live, canary: undefined })).toEqual(names);
  });
});

test('another tag is the same name: it is not worth a new fleet', () => {
  expect(nameOf({ ...settings, tags: [] }, 3)).toBe(nameOf(settings, 3));
});
