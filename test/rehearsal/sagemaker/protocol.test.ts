import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PermissionQuestion } from '../../../rehearsal/sagemaker/options';
import { startLocalSageMaker } from '../../../rehearsal/sagemaker/server';
import { ACCOUNT, arn, Bench, REGION, ROLE } from './support/bench';
import { serviceModelFile } from './support/emulator-python';
import { modelPackage } from './support/requests';

const asked: PermissionQuestion[] = [];
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open({
    authorize: async (question) => {
      asked.push(question);
      return question.caller === 'app/nobody'
        ? `nobody may ${question.action} on ${question.resource}`
        : undefined;
    },
  });
});
afterAll(() => bench.close());

test('an operation that SageMaker does not have, or that is not emulated, is an error', async () => {
  expect(await target('MakeCoffee')).toMatchObject({
    status: 404,
    body: { __type: 'UnknownOperationException' },
  });
  expect(await bench.refused('list_apps')).toMatchObject({
    code: 'UnknownOperationException',
    message: expect.stringContaining('not rehearsed'),
  });
  expect(await target('toString')).toMatchObject({ status: 404 });
});

test('a request that the service model forbids is a ValidationException that names every fault', async () => {
  const faulty = { ModelPackageGroupName: 'a_b', Colour: 'red' };
  const { status, body } = await target('CreateModelPackageGroup', faulty);
  expect({ status, type: body.__type }).toEqual({ status: 400, type: 'ValidationException' });
  expect(body.message).toMatch(
    /^2 validation errors detected: .*'modelPackageGroupName'.*; Unknown member 'Colour'/,
  );
  const refusal = await bench.refused('create_model_package_group', { ModelPackageGroupName: 'a_b' });
  expect(refusal).toMatchObject({
    code: 'ValidationException',
    message: expect.stringMatching(/^1 validation error /),
  });
});

test('an error carries its type in the body, and a time is a number', async () => {
  expect(await target('DescribeModel', { ModelName: 'none' })).toMatchObject({
    status: 400,
    body: { __type: 'ValidationException', message: `Could not find model "${arn('model', 'none')}".` },
  });
  await bench.call('create_model_package_group', { ModelPackageGroupName: 'timed' });
  const { body } = await target('DescribeModelPackageGroup', { ModelPackageGroupName: 'timed' });
  expect(Number(body.CreationTime)).toBeGreaterThan(1.7e9);
  expect(Number(body.CreationTime)).toBeLessThan(1e10);
});

test('a call without a signature, or under a name that is not loopback, is refused', async () => {
  expect(await target('ListModels', {}, { authorization: '' })).toMatchObject({
    status: 403,
    body: { __type: 'MissingAuthenticationTokenException' },
  });
  const { request } = await import('node:http');
  const { hostname, port } = new URL(bench.url);
  const status = await new Promise((done) => {
    request(
      { hostname, port, method: 'POST', headers: { host: 'evil.example', authorization: 'x' } },
      (answer) => {
        answer.resume();
        done(answer.statusCode);
      },
    ).end('{}');
  });
  expect(status).toBe(400);
});

test('fails to start on a port that is taken', async () => {
  const start = startLocalSageMaker({
    account: ACCOUNT,
    region: REGION,
    directory: bench.folder,
    port: Number(new URL(bench.url).port),
    serviceModel: serviceModelFile(),
    images: new Map(),
    store: async () => bench.store,
    emit: () => undefined,
    log: () => undefined,
  });
  await expect(start).rejects.toThrow(/port \d+ is taken/);
});

test('who calls is read from the user agent, and a denial is an AccessDeniedException', async () => {
  const refusal = await bench.refused('describe_model_package', { ModelPackageName: 'mails/1' }, 'nobody');
  expect(refusal).toMatchObject({
    code: 'AccessDeniedException',
    message: `nobody may sagemaker:DescribeModelPackage on ${arn('model-package', 'mails/1')}`,
  });
  expect((await bench.invoke({ EndpointName: 'mails', Body: '{}' }, 'nobody')).error).toMatchObject({
    code: 'AccessDeniedException',
    message: `nobody may sagemaker:InvokeEndpoint on ${arn('endpoint', 'mails')}`,
  });
});

test('creating with a role and tags asks for iam:PassRole and sagemaker:AddTags too', async () => {
  asked.length = 0;
  await bench.refused(
    'create_endpoint_config',
    {
      EndpointConfigName: 'c',
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: 'none',
          InstanceType: 'ml.m5.large',
          InitialInstanceCount: 1,
        },
      ],
      ExecutionRoleArn: ROLE,
      Tags: [{ Key: 'a', Value: 'b' }],
    },
    'release',
  );
  expect(asked.map(({ action, resource }) => [action, resource])).toEqual([
    ['sagemaker:CreateEndpointConfig', arn('endpoint-config', 'c')],
    ['iam:PassRole', ROLE],
    ['sagemaker:AddTags', arn('endpoint-config', 'c')],
  ]);
});

test('a list comes in pages of ten that boto3 can follow', async () => {
  for (let index = 0; index < 12; index += 1)
    await bench.call('create_model_package_group', { ModelPackageGroupName: `page-${index}` });
  const first = await bench.call('list_model_package_groups', {
    NameContains: 'page-',
    SortBy: 'CreationTime',
  });
  const names = (page: Record<string, unknown>) =>
    (page.ModelPackageGroupSummaryList as Array<{ ModelPackageGroupName: string }>).map(
      (one) => one.ModelPackageGroupName,
    );
  expect(names(first)).toEqual(Array.from({ length: 10 }, (_, index) => `page-${index}`));
  const second = await bench.call('list_model_package_groups', {
    NameContains: 'page-',
    NextToken: first.NextToken,
  });
  expect(names(second)).toEqual(['page-10', 'page-11']);
  expect(second.NextToken).toBeUndefined();
  expect(await bench.call('list_models')).toMatchObject({ Models: [] });
});

test('tags are added, listed and deleted, and only of what exists', async () => {
  await bench.call('create_model_package_group', {
    ModelPackageGroupName: 'tagged',
    Tags: [{ Key: 'team', Value: 'ml' }],
  });
  const ResourceArn = arn('model-package-group', 'tagged');
  await bench.call('add_tags', {
    ResourceArn,
    Tags: [
      { Key: 'cost', Value: '1' },
      { Key: 'team', Value: 'crm' },
    ],
  });
  expect((await bench.call('list_tags', { ResourceArn })).Tags).toEqual([
    { Key: 'team', Value: 'crm' },
    { Key: 'cost', Value: '1' },
  ]);
  await bench.call('delete_tags', { ResourceArn, TagKeys: ['team'] });
  expect((await bench.call('list_tags', { ResourceArn })).Tags).toEqual([{ Key: 'cost', Value: '1' }]);
  expect(await bench.refused('list_tags', { ResourceArn: arn('model', 'none') })).toMatchObject({
    code: 'ValidationException',
  });
});

test('what is emulated is a list that the README names', async () => {
  const model = JSON.parse(gunzipSync(readFileSync(serviceModelFile())).toString());
  const emulated: string[] = [];
  for (const operation of Object.keys(model.operations)) {
    const { body } = await target(operation, { unknownMember: true });
    if (body.__type !== 'UnknownOperationException') emulated.push(operation);
  }
  const readme = readFileSync('rehearsal/sagemaker/README.md', 'utf8');
  const listed = [
    ...(/<!-- operations -->([\s\S]*?)<!-- end -->/.exec(readme)?.[1] ?? '').matchAll(/`(\w+)`/g),
  ].map(([, name]) => name);
  expect(listed.sort()).toEqual(emulated.sort());
});

test('a group with packages cannot be deleted', async () => {
  await bench.call('create_model_package_group', { ModelPackageGroupName: 'full' });
  await bench.call('create_model_package', modelPackage('full'));
  expect(await bench.refused('delete_model_package_group', { ModelPackageGroupName: 'full' })).toMatchObject({
    code: 'ConflictException',
  });
});

/** The bare wire, where boto3 would tidy up. */
async function target(operation: string, input: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(bench.url, {
    method: 'POST',
    headers: {
      'x-amz-target': `SageMaker.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 …'.replace('…', 'Credential=x'),
      ...headers,
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
