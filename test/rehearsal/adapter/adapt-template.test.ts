import { adaptTemplate, appId } from '../../../rehearsal/adapter/adapt-template';
import { primitives } from '../../../rehearsal/adapter/primitives';
import type { Resource } from '../../../rehearsal/adapter/template';
import { retype } from '../../../rehearsal/bridge/retype';

const settings = {
  types: new Set(['AWS::S3::Bucket', 'AWS::Lambda::Function']),
  serviceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:rehearsal-bridge',
};

test('a type the emulator creates is left as it is', () => {
  const template = { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } };
  const adapted = adaptTemplate('dev-platform', template, settings);
  expect(adapted).toEqual({ template, changes: [] });
  expect(adapted.template).toBe(template);
});

test('an alarm on metric math is created by us, one on a single metric by the emulator', () => {
  const types = new Set([...settings.types, 'AWS::CloudWatch::Alarm']);
  const math = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { Threshold: 1, Metrics: [{ Id: 'e', Expression: 'a + b' }] },
  };
  const single = { Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: 1, MetricName: 'DriftScore' } };
  const { template, changes } = adaptTemplate(
    'dev',
    { Resources: { Math: math, Single: single } },
    { ...settings, types },
  );

  expect(changes).toEqual([
    { stack: 'dev', logicalId: 'Math', type: 'AWS::CloudWatch::Alarm', change: 'bridged' },
  ]);
  expect(template.Resources?.Math?.Type).toBe('Custom::RehearsalCloudWatchAlarm');
  expect(template.Resources?.Single).toEqual(single);
});

test('a type the emulator lacks becomes a custom resource in the same place', () => {
  const { resource, changes } = adapt({
    Type: 'AWS::SageMaker::Pipeline',
    Condition: 'IsDev',
    DependsOn: ['Role'],
    DeletionPolicy: 'Retain',
    Properties: { PipelineName: { Ref: 'Name' }, ParallelismConfiguration: { MaxParallelExecutionSteps: 3 } },
  });
  expect(resource).toEqual({
    Type: 'Custom::RehearsalSageMakerPipeline',
    Condition: 'IsDev',
    DependsOn: ['Role'],
    DeletionPolicy: 'Retain',
    Properties: {
      ServiceToken: settings.serviceToken,
      ServiceTimeout: '60',
      RehearsalType: 'AWS::SageMaker::Pipeline',
      RehearsalProperties: {
        PipelineName: { Ref: 'Name' },
        ParallelismConfiguration: { MaxParallelExecutionSteps: 3 },
      },
      RehearsalTypes: '{"number":["/ParallelismConfiguration/MaxParallelExecutionSteps"],"boolean":[]}',
    },
  });
  expect(changes).toEqual([
    { stack: 'x-dev-training', logicalId: 'It', type: 'AWS::SageMaker::Pipeline', change: 'bridged' },
  ]);
});

test('a custom resource gets a time limit, and keeps its own', () => {
  expect(adapt({ Type: 'Custom::Thing', Properties: {} }).resource.Properties).toEqual({
    ServiceTimeout: '60',
  });
  const own = adapt({ Type: 'Custom::Thing', Properties: { ServiceTimeout: '900' } });
  expect(own.changes).toEqual([]);
});

test('a function’s calls name it, beside its own variables', () => {
  const { resource } = adapt({
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'x-dev-start-training',
      Environment: { Variables: { STATE_TABLE: 'x-dev-state' } },
    },
  });
  expect(resource.Properties?.Environment).toEqual({
    Variables: { STATE_TABLE: 'x-dev-state', AWS_SDK_UA_APP_ID: 'x-dev-start-training' },
  });
});

test('an application id is at most 50 characters and tells long names apart', () => {
  expect(appId('Handler1234', { Ref: 'Name' })).toBe('Handler1234');
  const long = 'a'.repeat(60);
  expect(appId('It', long)).toHaveLength(50);
  expect(appId('It', long)).not.toBe(appId('It', `${long}b`));
});

test('fails on a nested stack', () => {
  expect(() => adapt({ Type: 'AWS::CloudFormation::Stack' })).toThrow('has a nested stack (It)');
});

test('numbers and truth values come back from text with their types', () => {
  const original = {
    MaxAge: 5,
    Enabled: false,
    Name: '7',
    List: [1, 'two', { 'a/b~c': 2.5 }],
    Either: { 'Fn::If': ['IsDev', { Count: 1 }, { Count: 2 }] },
  };
  const sent = {
    MaxAge: '5',
    Enabled: 'false',
    Name: '7',
    List: ['1', 'two', { 'a/b~c': '2.5' }],
    Either: { Count: '2' },
  };
  expect(retype(sent, JSON.stringify(primitives(original)))).toEqual({
    MaxAge: 5,
    Enabled: false,
    Name: '7',
    List: [1, 'two', { 'a/b~c': 2.5 }],
    Either: { Count: 2 },
  });
});

test('numbers that are arguments of a function are not the property’s', () => {
  expect(primitives({ Zone: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] } })).toEqual({
    number: [],
    boolean: [],
  });
});

function adapt(resource: Resource) {
  const adapted = adaptTemplate('x-dev-training', { Resources: { It: resource } }, settings);
  const it = adapted.template.Resources?.It;
  if (!it) throw new Error('the resource is gone');
  return { resource: it, changes: adapted.changes };
}
