import { ServiceModel } from '../../../rehearsal/sagemaker/service-model';
import { serviceModelFile } from './support/emulator-python';

const model = ServiceModel.load(serviceModelFile());

test('every pattern of the service model can be said in JavaScript', () => {
  expect(model.compileAll()).toBeGreaterThan(200);
});

test.each([
  [
    'a missing member',
    'CreateModel',
    {},
    "Value null at 'modelName' failed to satisfy constraint: Member must not be null",
  ],
  [
    'an unknown member',
    'DescribeModel',
    { ModelName: 'm', Version: 1 },
    "Unknown member 'Version' at 'request'",
  ],
  [
    'a wrong type',
    'DescribeModel',
    { ModelName: 1 },
    "Value '1' at 'modelName' failed to satisfy constraint: Member must be a string",
  ],
  ['a pattern', 'DescribeModel', { ModelName: 'a_b' }, 'Member must satisfy regular expression pattern'],
  [
    'a longest length',
    'DescribeModel',
    { ModelName: 'a'.repeat(64) },
    'Member must have length less than or equal to 63',
  ],
  [
    'an enumeration',
    'ListModels',
    { SortBy: 'Size' },
    'Member must satisfy enum value set: [Name, CreationTime]',
  ],
  ['a largest number', 'ListModels', { MaxResults: 101 }, 'Member must have value less than or equal to 100'],
  ['a fraction', 'ListModels', { MaxResults: 1.5 }, 'Member must be an integer'],
  [
    'a member deep inside',
    'AddTags',
    { ResourceArn: 'arn:aws:sagemaker:x:111122223333:model/m', Tags: [{ Key: 'a' }] },
    "'tags.1.member.value'",
  ],
])('a request is refused for %s', (_what, operation, input, said) => {
  expect(model.faults(operation, input)).toEqual([expect.stringContaining(said)]);
});

test('a registry entry may hold a champion ARN, and no sentence with a percent sign', () => {
  const faults = (champion: string) =>
    model.faults('UpdateModelPackage', {
      ModelPackageArn: 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/g/1',
      CustomerMetadataProperties: { champion },
    });
  expect(faults('arn:aws:sagemaker:eu-west-1:111122223333:model-package/g/1')).toEqual([]);
  expect(faults('5 % better')).toHaveLength(1);
});

test('a response keeps only what its shape has, and tells what it lacks', () => {
  const response = model.response('DescribeModel', {
    ModelName: 'm',
    ModelArn: 'a',
    Tags: [],
    ExecutionRoleArn: undefined,
  });
  expect(response).toEqual({ ModelName: 'm', ModelArn: 'a' });
  expect(model.missing('DescribeModel', response)).toEqual(['.CreationTime']);
});
