import { arn, Bench } from './support/bench';
import { createModel, endpointConfig } from './support/model';

// Application Auto Scaling, as far as endpoints need it.
const asked: Array<{ action: string; resource: string; context?: object }> = [];
const TARGET = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/mail/variant/AllTraffic',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
};
const POLICY = {
  ...TARGET,
  PolicyName: 'requests',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 100,
    PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
  },
};
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open({
    authorize: async (question) => {
      asked.push(question);
      return undefined;
    },
  });
  await createModel(bench, 'first', 1);
  await bench.call('create_endpoint_config', endpointConfig('first'));
  const [variant] = endpointConfig('first').ProductionVariants;
  await bench.call('create_endpoint_config', {
    ...endpointConfig('first', 'larger'),
    ProductionVariants: [{ ...variant, InstanceType: 'ml.m5.xlarge' }],
  });
  await bench.call('create_endpoint', { EndpointName: 'mail', EndpointConfigName: 'first' });
  await settled();
});
afterAll(() => bench.close());

test('a target is registered, given a policy, described, changed and deregistered', async () => {
  await bench.scale('register_scalable_target', { ...TARGET, MinCapacity: 2, MaxCapacity: 6 });
  await bench.scale('put_scaling_policy', POLICY);
  await bench.scale('register_scalable_target', { ...TARGET, MaxCapacity: 8 });

  const { ScalableTargets } = await targets();
  expect(ScalableTargets).toMatchObject([{ ...TARGET, MinCapacity: 2, MaxCapacity: 8 }]);
  const policies = await bench.scale('describe_scaling_policies', TARGET);
  expect(policies.ScalingPolicies).toMatchObject([POLICY]);

  await bench.scale('deregister_scalable_target', TARGET);
  expect(await targets()).toMatchObject({ ScalableTargets: [] });
  expect((await bench.scale('describe_scaling_policies', TARGET)).ScalingPolicies).toEqual([]);
});

test('IAM is asked for what Application Auto Scaling does in the caller’s name', async () => {
  asked.length = 0;
  await bench.scale('register_scalable_target', { ...TARGET, MinCapacity: 2, MaxCapacity: 6 });
  await bench.scale('put_scaling_policy', POLICY);

  expect(asked.map(({ action }) => action)).toEqual([
    'application-autoscaling:RegisterScalableTarget',
    'sagemaker:DescribeEndpoint',
    'sagemaker:UpdateEndpointWeightsAndCapacities',
    'iam:CreateServiceLinkedRole',
    'application-autoscaling:PutScalingPolicy',
    'cloudwatch:PutMetricAlarm',
  ]);
  expect(asked[0]).toMatchObject({
    resource: expect.stringContaining(':scalable-target/'),
    context: { 'application-autoscaling:service-namespace': 'sagemaker' },
  });
  await bench.scale('deregister_scalable_target', TARGET);
});

test('a variant that scales takes another model and no other instance type', async () => {
  await bench.scale('register_scalable_target', { ...TARGET, MinCapacity: 1, MaxCapacity: 2 });
  const larger = { EndpointName: 'mail', EndpointConfigName: 'larger' };
  expect(await bench.refused('update_endpoint', larger)).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('deregister it before its instance type changes'),
  });
  await bench.call('update_endpoint', { EndpointName: 'mail', EndpointConfigName: 'first' });
  await settled();
  await bench.scale('deregister_scalable_target', TARGET);
  await bench.call('update_endpoint', larger);
  expect(await settled()).toMatchObject({ EndpointConfigName: 'larger' });
});

test.each<[string, string, object, string, string]>([
  [
    'a target of an endpoint that is not there',
    'register_scalable_target',
    { ...TARGET, ResourceId: 'endpoint/none/variant/AllTraffic', MinCapacity: 1, MaxCapacity: 2 },
    'ValidationException',
    `Could not find endpoint "${arn('endpoint', 'none')}"`,
  ],
  [
    'a target of a variant that is not there',
    'register_scalable_target',
    { ...TARGET, ResourceId: 'endpoint/mail/variant/Other', MinCapacity: 1, MaxCapacity: 2 },
    'ValidationException',
    'no such variant',
  ],
  [
    'more at rest than under load',
    'register_scalable_target',
    { ...TARGET, MinCapacity: 3, MaxCapacity: 2 },
    'ValidationException',
    'Maximum capacity cannot be less than minimum capacity',
  ],
  ['a target without bounds', 'register_scalable_target', TARGET, 'ValidationException', 'are required'],
  ['a policy of no target', 'put_scaling_policy', POLICY, 'ObjectNotFoundException', 'No scalable target'],
  ['the end of no target', 'deregister_scalable_target', TARGET, 'ObjectNotFoundException', 'No scalable'],
  ['another call', 'describe_scaling_activities', TARGET, 'UnknownOperationException', 'is not rehearsed'],
])('%s is refused', async (_, operation, input, code, said) => {
  const refused = bench.scale(operation, { ...input });
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining(said),
    refusal: { code },
  });
});

test('an endpoint that is deleted takes its scaling along', async () => {
  await bench.scale('register_scalable_target', { ...TARGET, MinCapacity: 1, MaxCapacity: 2 });
  await bench.call('delete_endpoint', { EndpointName: 'mail' });
  const end = bench.until('describe_endpoint', { EndpointName: 'mail' }, 'EndpointStatus', ['Deleting']);
  await expect(end).rejects.toThrow('Could not find endpoint');
  expect(await targets()).toMatchObject({ ScalableTargets: [] });
});

const targets = () =>
  bench.scale('describe_scalable_targets', {
    ServiceNamespace: 'sagemaker',
    ResourceIds: [TARGET.ResourceId],
  });

const settled = () =>
  bench.until('describe_endpoint', { EndpointName: 'mail' }, 'EndpointStatus', ['Creating', 'Updating']);
