import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';
import { type Resource, resourcesOf } from '../../fixtures/resources';

const organisation = testOrganisation(({ write }) =>
  write('platform.yaml', PLATFORM_YAML.replace('guardrails: {', 'guardrails: { monthly_budget_usd: 2000,')),
);
const resources = resourcesOf(organisation.app.synth());
afterAll(() => organisation.remove());

/** Types that CloudFormation gives no tags to. */
const WITHOUT_TAGS = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::Resource',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::KMS::Alias',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
]);

/** Tags as a map: most types have a list, some an object, a budget calls them otherwise. */
function tagsOf({ properties }: Resource): Record<string, unknown> {
  const tags = properties.Tags ?? properties.ResourceTags ?? {};
  if (!Array.isArray(tags)) return tags;
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

const environmentOf = (stack: string) => /(^|-)(dev|prod)-/.exec(stack)?.[2];

function expectedIn(stack: string): Record<string, string> {
  const environment = environmentOf(stack);
  return {
    'cost-center': 'ml',
    ...(environment && { 'mlops:environment': environment }),
    ...(stack.startsWith('mail-')
      ? { 'mlops:project': 'mail', 'mlops:owner': 'customer-care@example.com' }
      : { 'mlops:owner': 'ml-platform@example.com' }),
  };
}

test('every resource that takes tags says whose it is, and what the organisation wants to know', () => {
  const taggable = resources.filter(({ type }) => !WITHOUT_TAGS.has(type));

  expect(taggable.length).toBeGreaterThan(150);
  for (const resource of taggable) {
    const { stack, id, type } = resource;
    expect([stack, id, type, tagsOf(resource)]).toEqual([
      stack,
      id,
      type,
      expect.objectContaining(expectedIn(stack)),
    ]);
  }
});

test('every job of the pipeline carries the tags of its project', () => {
  const pipeline = resources.find(
    ({ stack, type }) => stack === 'mail-dev-training' && type === 'AWS::SageMaker::Pipeline',
  );
  const parts: unknown[] = pipeline?.properties.PipelineDefinition.PipelineDefinitionBody['Fn::Join'][1];
  const definition: { Steps: { Type: string; Arguments: { Tags?: { Key: string; Value: string }[] } }[] } =
    JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'reference')).join(''));
  const jobs = definition.Steps.filter(({ Type }) => Type === 'Training' || Type === 'Processing');

  expect(jobs).toHaveLength(4);
  for (const { Arguments } of jobs) {
    const tags = Object.fromEntries((Arguments.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    expect(tags).toEqual(expectedIn('mail-dev-training'));
  }
});

test.each(['release-model', 'start-monitoring'])(
  '%s gives the same tags to what it makes: models, configs, the endpoint, monitoring jobs',
  (handler) => {
    const made = resources.find(({ properties }) => properties.FunctionName === `mail-prod-${handler}`);

    expect(JSON.parse(made?.properties.Environment.Variables.TAGS)).toEqual(expectedIn('mail-prod-serving'));
  },
);

test('an address with characters that no tag takes is written without them', () => {
  const odd = testOrganisation(({ write }) =>
    write('platform.yaml', PLATFORM_YAML.replace('owner: ml-platform@', "owner: o'neil#1@")),
  );
  const topic = resourcesOf(odd.app.synth()).find(
    ({ stack, type }) => stack === 'dev-platform' && type === 'AWS::SNS::Topic',
  );

  expect(topic && tagsOf(topic)['mlops:owner']).toBe('o_neil_1@example.com');
  odd.remove();
});
