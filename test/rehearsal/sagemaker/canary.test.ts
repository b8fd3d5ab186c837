import { arn, Bench } from './support/bench';
import { createModel, endpointConfig } from './support/model';

// What a deployment config does to an update. A bake of ten minutes takes 0.3 s here.
const ERRORS = 'mail-endpoint-errors';
const FLEET = { InstanceType: 'ml.m5.large', InitialInstanceCount: 2 };
let bench: Bench;
let ringing: string[] = [];
const asked: Array<{ caller: string | undefined; action: string; resource: string }> = [];

beforeAll(async () => {
  bench = await Bench.open({
    bakeWaitFactor: 0.0005,
    alarms: async (names) => ({
      ringing: ringing.filter((name) => names.includes(name)),
      missing: names.filter((name) => name !== ERRORS),
    }),
    authorize: async (question) => {
      asked.push(question);
      return question.caller === 'app/blind' && question.action === 'cloudwatch:DescribeAlarms'
        ? 'blind is not authorized to perform: cloudwatch:DescribeAlarms'
        : undefined;
    },
  });
  for (const [name, version] of [
    ['first', 1],
    ['second', 2],
  ] as const) {
    await createModel(bench, name, version);
    const [variant] = endpointConfig(name).ProductionVariants;
    await bench.call('create_endpoint_config', {
      ...endpointConfig(name),
      ProductionVariants: [{ ...variant, ...FLEET }],
    });
  }
  await bench.call('create_endpoint_config', endpointConfig('first', 'single'));
  await inService('strict');
});
beforeEach(() => {
  ringing = [];
});
afterAll(() => bench.close());

test('a canary answers a part of the requests while it bakes, and then all', async () => {
  await inService('part');
  await bench.call('update_endpoint', update('part', 'second'));

  const answered: string[] = [];
  const end = settled('part');
  let over = false;
  void end.finally(() => {
    over = true;
  });
  while (!over) answered.push(await versionOf('part'));
  expect(new Set(answered)).toEqual(new Set(['1', '2']));
  expect(await end).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: 'second',
    LastDeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: ERRORS }] } },
  });
  expect(await versionOf('part')).toBe('2');
});

test.each(['before', 'while'])(
  'an alarm that rings %s it bakes takes a canary back without a word',
  async (when) => {
    const name = `back-${when}`;
    await inService(name);
    if (when === 'before') ringing = [ERRORS];
    await bench.call('update_endpoint', update(name, 'second'));
    while (when === 'while' && (await versionOf(name)) === '1');
    ringing = [ERRORS];

    const described = await settled(name);
    expect(described).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'first' });
    expect(described.FailureReason).toBeUndefined();
    expect(await versionOf(name)).toBe('1');
    const said = bench.events
      .filter(({ detail }) => detail.EndpointName === name)
      .map(({ detail }) => detail.EndpointStatus);
    expect(said.slice(-3)).toEqual(['UPDATING', 'ROLLING_BACK', 'IN_SERVICE']);
  },
);

test('an update asks for the right to see its alarms, in the name of who asked for it', async () => {
  await inService('seen');
  const denied = await bench.refused('update_endpoint', update('seen', 'second'), 'blind');

  expect(denied).toMatchObject({ code: 'AccessDeniedException' });
  expect(asked).toContainEqual({
    caller: 'app/blind',
    action: 'cloudwatch:DescribeAlarms',
    resource: `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${ERRORS}`,
  });
});

test.each<[string, object, string]>([
  ['one instance of one', canary({ size: 1, config: 'single' }), 'less than or equal to 50%'],
  ['more than half', canary({ size: 2 }), 'less than or equal to 50%'],
  ['more than half, as a share', canary({ size: 60, type: 'CAPACITY_PERCENT' }), 'less than or equal to 50%'],
  ['less time than its waits', canary({ longest: 700 }), 'must be larger than the total waiting time'],
  ['an alarm that is not there', canary({ alarm: 'nobody' }), 'The alarms nobody do not exist'],
  ['a bake that is longer than an hour', canary({ wait: 3601 }), 'less than or equal to 3600'],
])('a canary of %s is refused', async (_, request, said) => {
  expect(await bench.refused('update_endpoint', { EndpointName: 'strict', ...request })).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining(said),
  });
});

test('an update that keeps its variants’ instances leaves a fleet that has grown as large as it is', async () => {
  await inService('grown', 'second');
  await bench.call('update_endpoint', { EndpointName: 'grown', EndpointConfigName: 'first' });
  await settled('grown');
  const keep = (types: string[]) => ({
    EndpointName: 'grown',
    EndpointConfigName: 'single',
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: types.map((VariantPropertyType) => ({ VariantPropertyType })),
  });

  await bench.call('update_endpoint', keep(['DataCaptureConfig']));
  expect(await settled('grown')).toMatchObject({ ProductionVariants: [{ DesiredInstanceCount: 2 }] });
  await bench.call('update_endpoint', keep(['DesiredInstanceCount']));
  expect(await settled('grown')).toMatchObject({ ProductionVariants: [{ DesiredInstanceCount: 1 }] });
});

interface Change {
  readonly config?: string;
  readonly size?: number;
  readonly type?: string;
  readonly wait?: number;
  readonly longest?: number;
  readonly alarm?: string;
}

function canary({ config = 'second', size = 1, type = 'INSTANCE_COUNT', ...more }: Change) {
  return {
    EndpointConfigName: config,
    DeploymentConfig: {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          CanarySize: { Type: type, Value: size },
          WaitIntervalInSeconds: more.wait ?? 600,
        },
        TerminationWaitInSeconds: 300,
        MaximumExecutionTimeoutInSeconds: more.longest ?? 4500,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: more.alarm ?? ERRORS }] },
    },
  };
}

const update = (EndpointName: string, config: string) => ({ EndpointName, ...canary({ config }) });

async function inService(EndpointName: string, config = 'first') {
  await bench.call('create_endpoint', { EndpointName, EndpointConfigName: config });
  return settled(EndpointName);
}

const settled = (EndpointName: string) =>
  bench.until('describe_endpoint', { EndpointName }, 'EndpointStatus', [
    'Creating',
    'Updating',
    'RollingBack',
  ]);

async function versionOf(EndpointName: string): Promise<string> {
  const { output, error } = await bench.invoke({ EndpointName, ContentType: 'application/json', Body: '{}' });
  if (error) throw new Error(`${arn('endpoint', EndpointName)}: ${error.message}`);
  return JSON.parse(String(output?.Body)).modelVersion;
}
