import { arn, Bench, IMAGE, ROLE } from './support/bench';
import { endpointConfig as config, packModel, artefactUri as uri } from './support/model';
import { modelPackage } from './support/requests';

const STATUS = 'SageMaker Endpoint State Change';
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open({ pingTimeoutMs: 1500 });
  packModel(bench, 'first', 'good');
  packModel(bench, 'second', 'better');
  packModel(bench, 'sick', 'sick');
  await bench.call('create_model_package_group', { ModelPackageGroupName: 'mails' });
  await bench.call(
    'create_model_package',
    modelPackage('mails', {
      InferenceSpecification: {
        ...modelPackage('mails').InferenceSpecification,
        Containers: [{ Image: IMAGE, ModelDataUrl: uri('first'), Environment: { FROM: 'package' } }],
      },
    }),
  );
  for (const [name, version] of [
    ['first', '1'],
    ['second', '2'],
    ['sick', '3'],
  ] as const) {
    await bench.call('create_model', {
      ModelName: name,
      ExecutionRoleArn: ROLE,
      EnableNetworkIsolation: true,
      PrimaryContainer: {
        ...(name === 'first'
          ? { ModelPackageName: arn('model-package', 'mails/1') }
          : { Image: IMAGE, ModelDataUrl: uri(name) }),
        Environment: { MODEL_VERSION: version },
      },
    });
    await bench.call('create_endpoint_config', config(name));
  }
});
afterAll(() => bench.close());

test('an endpoint goes from Creating to InService, and answers with the version of its container', async () => {
  await create('fresh', 'first');
  const described = await settled('fresh');
  expect(described).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: 'first',
    ProductionVariants: [
      { VariantName: 'AllTraffic', CurrentInstanceCount: 1, DeployedImages: [{ SpecifiedImage: IMAGE }] },
    ],
    DataCaptureConfig: { EnableCapture: true, CaptureStatus: 'Started', CurrentSamplingPercentage: 100 },
  });
  expect(described.FailureReason).toBeUndefined();
  const { output } = await ask('fresh', { row: 1 });
  expect(output).toMatchObject({ ContentType: 'application/json', InvokedProductionVariant: 'AllTraffic' });
  expect(JSON.parse(String(output?.Body))).toEqual({ modelVersion: '1', weights: 'good', got: { row: 1 } });
  const said = bench.events.filter(
    (event) => event['detail-type'] === STATUS && event.detail.EndpointName === 'fresh',
  );
  expect(said.map(({ detail }) => detail.EndpointStatus)).toEqual(['CREATING', 'IN_SERVICE']);
});

test('an update swaps the model without a request failing', async () => {
  await create('swap', 'first');
  await settled('swap');
  await bench.call('update_endpoint', { EndpointName: 'swap', EndpointConfigName: 'second' });
  expect(
    await bench.refused('update_endpoint', { EndpointName: 'swap', EndpointConfigName: 'first' }),
  ).toMatchObject({
    code: 'ValidationException',
    message: `Cannot update in-progress endpoint "${arn('endpoint', 'swap')}".`,
  });
  expect(await bench.refused('delete_endpoint', { EndpointName: 'swap' })).toMatchObject({
    message: expect.stringContaining('Cannot update in-progress endpoint'),
  });
  let updating = true;
  const finished = settled('swap').finally(() => {
    updating = false;
  });
  while (updating) expect((await ask('swap', {})).error).toBeUndefined();
  expect(await finished).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'second' });
  expect(JSON.parse(String((await ask('swap', {})).output?.Body))).toMatchObject({
    modelVersion: '2',
    weights: 'better',
  });
});

test('an update whose container never answers /ping goes back to the old config without a word', async () => {
  await create('back', 'first');
  await settled('back');
  await bench.call('update_endpoint', { EndpointName: 'back', EndpointConfigName: 'sick' });
  const described = await settled('back');
  expect(described).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'first' });
  expect(described.FailureReason).toBeUndefined();
  expect(JSON.parse(String((await ask('back', {})).output?.Body))).toMatchObject({ modelVersion: '1' });
  const said = bench.events.filter(
    (event) => event['detail-type'] === STATUS && event.detail.EndpointName === 'back',
  );
  expect(said.map(({ detail }) => detail.EndpointStatus)).toEqual([
    'CREATING',
    'IN_SERVICE',
    'UPDATING',
    'ROLLING_BACK',
    'IN_SERVICE',
  ]);
});

test('a first container that never answers /ping leaves a Failed endpoint, which can only be deleted', async () => {
  await create('failed', 'sick');
  expect(await settled('failed')).toMatchObject({
    EndpointStatus: 'Failed',
    FailureReason: expect.stringContaining('did not pass the ping health check'),
  });
  expect(
    await bench.refused('update_endpoint', { EndpointName: 'failed', EndpointConfigName: 'first' }),
  ).toMatchObject({ code: 'ValidationException' });
  expect((await ask('failed', {})).error).toMatchObject({ code: 'ValidationError' });
  await bench.call('delete_endpoint', { EndpointName: 'failed' });
  await gone('failed');
});

test('a deleted endpoint is gone, its process too, and its name is free', async () => {
  await create('brief', 'first');
  await settled('brief');
  await bench.call('delete_endpoint', { EndpointName: 'brief' });
  await gone('brief');
  expect((await ask('brief', {})).error).toMatchObject({
    code: 'ValidationError',
    message: 'Endpoint brief of account 111122223333 not found.',
  });
  await create('brief', 'second');
  expect(await settled('brief')).toMatchObject({ EndpointStatus: 'InService' });
});

test('an endpoint whose config was deleted cannot be updated any more', async () => {
  await bench.call('create_endpoint_config', config('first', 'doomed'));
  await create('brick', 'doomed');
  await settled('brick');
  await bench.call('delete_endpoint_config', { EndpointConfigName: 'doomed' });
  expect(
    await bench.refused('update_endpoint', { EndpointName: 'brick', EndpointConfigName: 'second' }),
  ).toMatchObject({
    message: `Could not find endpoint configuration "${arn('endpoint-config', 'doomed')}".`,
  });
});

test.each([
  [
    'create_model',
    {
      ModelName: 'first',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: IMAGE, ModelDataUrl: uri('first') },
    },
    'Cannot create already existing model',
  ],
  [
    'create_model',
    {
      ModelName: 'no-data',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: IMAGE, ModelDataUrl: uri('none') },
    },
    'Could not access model data at s3://artifacts/models/none/output/model.tar.gz',
  ],
  [
    'create_model',
    { ModelName: 'no-package', PrimaryContainer: { ModelPackageName: arn('model-package', 'mails/9') } },
    'does not exist',
  ],
  ['delete_model', { ModelName: 'none' }, 'Could not find model'],
  ['create_endpoint_config', config('none'), `Could not find model "${arn('model', 'none')}".`],
  ['create_endpoint_config', config('first'), 'Cannot create already existing endpoint configuration'],
  ['describe_endpoint_config', { EndpointConfigName: 'none' }, 'Could not find endpoint configuration'],
  [
    'create_endpoint',
    { EndpointName: 'x', EndpointConfigName: 'none' },
    'Could not find endpoint configuration',
  ],
  [
    'create_endpoint',
    {
      EndpointName: 'x',
      EndpointConfigName: 'first',
      DeploymentConfig: {
        BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 60 } },
      },
    },
    'CanarySize is required',
  ],
  [
    'create_endpoint',
    {
      EndpointName: 'x',
      EndpointConfigName: 'first',
      DeploymentConfig: {
        BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'LINEAR', WaitIntervalInSeconds: 60 } },
      },
    },
    'A linear update is not rehearsed',
  ],
  ['describe_endpoint', { EndpointName: 'none' }, `Could not find endpoint "${arn('endpoint', 'none')}".`],
  ['update_endpoint', { EndpointName: 'none', EndpointConfigName: 'first' }, 'Could not find endpoint'],
])('%s %j is a ValidationException', async (operation, input, said) => {
  const refusal = await bench.refused(operation, input);
  expect(refusal.code).toBe('ValidationException');
  expect(refusal.message.toLowerCase()).toContain(said.toLowerCase());
});

test('a container that refuses or drops a request is a ModelError with what it said', async () => {
  await create('rude', 'first');
  await settled('rude');
  expect((await ask('rude', { bad: 1 })).error).toMatchObject({
    code: 'ModelError',
    status: 424,
    OriginalStatusCode: 400,
    OriginalMessage: expect.stringContaining('"bad": 1'),
    LogStreamArn: expect.stringContaining('/aws/sagemaker/Endpoints/rude'),
  });
  expect((await ask('rude', { drop: 1 })).error).toMatchObject({
    code: 'ModelError',
    status: 424,
    OriginalStatusCode: 0,
  });
  expect((await ask('rude', {}, { TargetVariant: 'Other' })).error).toMatchObject({
    code: 'ValidationError',
    message: expect.stringContaining('Variant Other not found'),
  });
  expect((await ask('rude', {}, { TargetVariant: 'AllTraffic' })).error).toBeUndefined();
  expect((await ask('rude', {}, { InferenceId: 'x'.repeat(65) })).error).toMatchObject({
    code: 'ValidationError',
  });
  expect((await ask('rude', { text: 'x'.repeat(6_291_456) })).error).toMatchObject({
    code: 'ValidationError',
    message: expect.stringContaining('6291456'),
  });
  expect((await ask('nobody', {})).error).toMatchObject({ code: 'ValidationError', status: 400 });
});

test('what was asked and answered is captured as JSON Lines in the documented layout', async () => {
  await create('seen', 'first');
  await settled('seen');
  for (const row of [1, 2]) await ask('seen', { row }, { InferenceId: `id-${row}` });
  await ask('seen', { bad: 1 });
  await bench.flushCapture();
  const [file, ...more] = await bench.store.list('records', 'capture/seen/');
  expect(more).toEqual([]);
  expect(file?.key).toMatch(
    /^capture\/seen\/AllTraffic\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/,
  );
  expect(file?.key).toContain(new Date().toISOString().slice(0, 10).replaceAll('-', '/'));
  const lines = (await bench.store.get('records', file?.key ?? ''))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual(
    [1, 2].map((row) => ({
      captureData: {
        endpointInput: {
          observedContentType: 'application/json',
          mode: 'INPUT',
          data: JSON.stringify({ row }),
          encoding: 'JSON',
        },
        endpointOutput: {
          observedContentType: 'application/json',
          mode: 'OUTPUT',
          data: expect.stringContaining('"modelVersion": "1"'),
          encoding: 'JSON',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        inferenceId: `id-${row}`,
        inferenceTime: expect.stringMatching(/^[\d-]+T[\d:]+Z$/),
      },
      eventVersion: '0',
    })),
  );
});

test('without JsonContentTypes captured data is base64, and only the asked sides are kept', async () => {
  const { DataCaptureConfig, ...rest } = config('first', 'raw');
  const { CaptureContentTypeHeader: _left, ...capture } = DataCaptureConfig;
  await bench.call('create_endpoint_config', {
    ...rest,
    DataCaptureConfig: { ...capture, CaptureOptions: [{ CaptureMode: 'Input' }] },
  });
  await create('raw', 'raw');
  await settled('raw');
  await ask('raw', { row: 1 });
  await bench.call('delete_endpoint', { EndpointName: 'raw' });
  await gone('raw');
  const [file] = await bench.store.list('records', 'capture/raw/');
  const { captureData } = JSON.parse((await bench.store.get('records', file?.key ?? '')).toString());
  expect(captureData).toEqual({
    endpointInput: {
      observedContentType: 'application/json',
      mode: 'INPUT',
      data: Buffer.from('{"row":1}').toString('base64'),
      encoding: 'BASE64',
    },
  });
});

const create = (EndpointName: string, EndpointConfigName: string) =>
  bench.call('create_endpoint', { EndpointName, EndpointConfigName });

const settled = (EndpointName: string) =>
  bench.until('describe_endpoint', { EndpointName }, 'EndpointStatus', [
    'Creating',
    'Updating',
    'RollingBack',
  ]);

async function gone(EndpointName: string): Promise<void> {
  await expect(
    bench.until('describe_endpoint', { EndpointName }, 'EndpointStatus', ['Deleting']),
  ).rejects.toThrow('Could not find endpoint');
}

const ask = (EndpointName: string, request: object, more: object = {}) =>
  bench.invoke({ EndpointName, ContentType: 'application/json', Body: JSON.stringify(request), ...more });
