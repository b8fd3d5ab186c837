import { questions } from '../../../rehearsal/sagemaker/permissions';

const arn = (kind: string, name: string) => `arn:aws:sagemaker:eu-west-1:111122223333:${kind}/${name}`;

const contextOf = (operation: string, input: Record<string, unknown>) =>
  questions(operation, input, 'role:arn:role', arn).find(({ action }) => action === `sagemaker:${operation}`)
    ?.context;

test.each([
  [
    'CreateTrainingJob',
    { TrainingJobName: 'a', ResourceConfig: { InstanceType: 'ml.m5.large' } },
    ['ml.m5.large'],
  ],
  [
    'CreateProcessingJob',
    { ProcessingJobName: 'a', ProcessingResources: { ClusterConfig: { InstanceType: 'ml.t3.large' } } },
    ['ml.t3.large'],
  ],
  [
    'CreateEndpointConfig',
    {
      EndpointConfigName: 'a',
      ProductionVariants: [{ InstanceType: 'ml.m5.large' }, { InstanceType: 'ml.g5.xlarge' }],
    },
    ['ml.m5.large', 'ml.g5.xlarge'],
  ],
])('%s says which machines it starts, for whoever may not start some', (operation, input, types) => {
  expect(contextOf(operation, input)).toEqual({ 'sagemaker:InstanceTypes': types });
});

test('what starts no machine says nothing of them', () => {
  expect(contextOf('CreateModel', { ModelName: 'a' })).toBeUndefined();
});
