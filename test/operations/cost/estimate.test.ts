import { readAssembly } from '../../../operations/assembly/assembly';
import { estimate } from '../../../operations/cost/estimate';
import { testOrganisation } from '../../fixtures/organisation';
import { assemblyOf, releaseFunction, stackOf, trainingPipeline } from '../small-assembly';

const usage = { requests: 0, merges: 4 };

describe('every resource of an organisation', () => {
  const organisation = testOrganisation();
  const everything = estimate(readAssembly(organisation.app.synth().directory));
  afterAll(() => organisation.remove());

  test('has a price, or a reason why it costs nothing by itself', () => {
    expect(everything.notPriced).toEqual([]);
  });

  test('belongs to an environment and a project, or to what delivers', () => {
    const owners = new Set(everything.parts.map(({ environment, project }) => `${environment} ${project}`));
    expect([...owners]).toEqual(expect.arrayContaining(['dev undefined', 'dev mail', 'prod mail']));
    expect(everything.parts.find(({ environment }) => environment === 'prod')?.month).toBeGreaterThanOrEqual(
      0,
    );
  });

  test('the endpoint is most of what a project costs at rest', () => {
    const [dearest] = everything.lines
      .filter(({ when, environment }) => when === 'rest' && environment === 'dev')
      .sort((one, other) => other.usd - one.usd);
    expect(dearest).toMatchObject({ what: 'endpoint, 1 × ml.m5.large', project: 'mail' });
  });

  test('a training of the calendar and those of merges are in the month', () => {
    const dev = everything.parts.find(({ environment, project }) => environment === 'dev' && project);
    expect(dev?.trainings).toBeCloseTo(5, 1);
    expect(dev?.training).toBeGreaterThan(0);
    expect(dev?.trainingMost).toBeGreaterThan(dev?.training ?? 0);
    const { rest = 0, use = 0, training = 0, trainings = 0, month } = dev ?? {};
    expect(month).toBeCloseTo(rest + use + training * trainings, 6);
  });
});

test('an endpoint costs its fewest instances for 730 hours, and their volumes', () => {
  const { parts, lines } = estimate(assemblyOf({ Release: releaseFunction('ml.m5.large', 2, 6) }), usage);

  expect(parts).toEqual([expect.objectContaining({ environment: 'dev', project: 'mail' })]);
  expect(parts[0]?.rest).toBeCloseTo(2 * 730 * 0.128 + 2 * 30 * 0.154, 6);
  expect(lines[0]?.most).toBeCloseTo(6 * 730 * 0.128, 6);
});

test('instances with drives of their own have no volume to pay for', () => {
  const { lines } = estimate(assemblyOf({ Release: releaseFunction('ml.g5.xlarge', 1) }), usage);
  expect(lines.map(({ what }) => what)).toEqual(['endpoint, 1 × ml.g5.xlarge']);
});

test('a training costs a part of its limit as a rule, the limit at most, and spot less', () => {
  const job = (spot: boolean) =>
    trainingPipeline({
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 0 },
      StoppingCondition: { MaxRuntimeInSeconds: 4 * 3600 },
      EnableManagedSpotTraining: spot,
    });
  const [demand] = estimate(assemblyOf({ Pipeline: job(false) }), usage).parts;
  const [spot] = estimate(assemblyOf({ Pipeline: job(true) }), usage).parts;

  expect(demand?.training).toBeCloseTo(0.257, 6);
  expect(demand?.trainingMost).toBeCloseTo(4 * 0.257, 6);
  expect(spot?.training).toBeCloseTo(0.257 * 0.4, 6);
  expect(spot?.trainingMost).toBeCloseTo(4 * 0.257, 6);
  expect(demand?.month).toBeCloseTo(4 * 0.257, 6);
});

test('an instance that the table does not have is said, not taken for nothing', () => {
  const { notPriced, parts } = estimate(assemblyOf({ Release: releaseFunction('ml.p5.48xlarge', 1) }), usage);
  expect(notPriced).toEqual(['instance ml.p5.48xlarge of an endpoint (mail-dev-serving)']);
  expect(parts[0]?.rest).toBe(0);
});

test('a type of resource that nobody thought of is said, with how many there are', () => {
  const queue = { Type: 'AWS::Kinesis::Stream' };
  expect(estimate(assemblyOf({ One: queue, Two: queue }), usage).notPriced).toEqual([
    '2 × AWS::Kinesis::Stream',
  ]);
});

test('a region without a list is priced by that of us-east-1, and it is said', () => {
  const assembly = assemblyOf({ Release: releaseFunction('ml.m5.large', 1) }, { region: 'ap-south-2' });
  const { borrowed, lines } = estimate(assembly, usage);
  expect(borrowed).toEqual([{ region: 'ap-south-2', list: 'us-east-1' }]);
  expect(lines[0]?.usd).toBeCloseTo(730 * 0.115, 6);
});

test('monitoring jobs cost nothing while nobody asks the model', () => {
  const assembly = assemblyOf({
    Look: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'cron(10 * * * ? *)',
        Target: { Arn: { 'Fn::GetAtt': ['Start', 'Arn'] } },
      },
    },
    Start: {
      Type: 'AWS::Lambda::Function',
      Properties: { Environment: { Variables: { JOB_ROLE_ARN: 'arn', INSTANCE_TYPE: 'ml.m5.large' } } },
    },
  });
  const jobs = (requests: number) =>
    estimate(assembly, { requests, merges: 0 }).lines.find(({ what }) => what.startsWith('monitoring'))?.usd;

  expect(jobs(0)).toBe(0);
  expect(jobs(100_000)).toBeCloseTo(729.6 * (5 / 60) * 0.128, 2);
});

test('gateway endpoints are free, interface endpoints are paid in each zone', () => {
  const endpoint = (VpcEndpointType: string) => ({
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: { VpcEndpointType, SubnetIds: ['a', 'b'] },
  });
  const rest = (type: string) => estimate(assemblyOf({ Endpoint: endpoint(type) }), usage).parts[0]?.rest;

  expect(rest('Gateway')).toBe(0);
  expect(rest('Interface')).toBeCloseTo(2 * 730 * 0.011, 6);
});

test('an alarm costs as many metrics as it looks at', () => {
  const alarm = (Metrics?: readonly object[]) => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: { Metrics },
  });
  const three = alarm([{ MetricStat: {} }, { MetricStat: {} }, { MetricStat: {} }, { Expression: 'a + b' }]);
  expect(estimate(assemblyOf({ Plain: alarm(), Math: three }), usage).parts[0]?.rest).toBeCloseTo(0.4, 6);
});

test('a merge costs minutes of the pipeline and of its machines, and nothing while a person decides', () => {
  const action = (Name: string, Category: string, Provider: string, Configuration?: object) => ({
    Name,
    ActionTypeId: { Category, Provider },
    Configuration,
  });
  const assembly = {
    stacks: [
      stackOf(
        {
          Steps: {
            Type: 'AWS::CodeBuild::Project',
            Properties: { Environment: { ComputeType: 'BUILD_GENERAL1_MEDIUM' } },
          },
          Pipeline: {
            Type: 'AWS::CodePipeline::Pipeline',
            Properties: {
              Stages: [
                { Actions: [action('Source', 'Source', 'CodeStarSourceConnection')] },
                { Actions: [action('Check', 'Build', 'CodeBuild', { ProjectName: { Ref: 'Steps' } })] },
                { Actions: [action('Approve', 'Approval', 'Manual')] },
                { Actions: [action('Train', 'Build', 'CodeBuild', { ProjectName: { Ref: 'Steps' } })] },
              ],
            },
          },
        },
        { name: 'mail-delivery', environment: undefined },
      ),
    ],
  };
  const { parts } = estimate(assembly, { requests: 0, merges: 2 });

  expect(parts).toEqual([expect.objectContaining({ environment: 'delivery', project: 'mail', rest: 0 })]);
  expect(parts[0]?.merge).toBeCloseTo((1 + 4 + 30) * 0.002 + (4 + 30) * 0.01, 6);
  expect(parts[0]?.month).toBeCloseTo(2 * (parts[0]?.merge ?? 0), 6);
});
