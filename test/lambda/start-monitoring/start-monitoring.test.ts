import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateProcessingJobCommand,
  DescribeModelPackageCommand,
  DescribeProcessingJobCommand,
  type ProcessingJobStatus,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { startMonitoring } from '../../../lambda/start-monitoring/start-monitoring';
import tick from '../../fixtures/events/monitoring-tick.json';
import { settings } from './settings';

const sagemaker = mockClient(SageMakerClient);
const dynamodb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const cloudwatch = mockClient(CloudWatchClient);
const PACKAGE = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/tickets-dev/3';
const CAPTURE = 'capture/tickets-dev/AllTraffic/';
const OLD = `${CAPTURE}2026/11/21/09/59-00-000-a.jsonl`;
const NEW = [`${CAPTURE}2026/11/21/10/01-00-000-b.jsonl`, `${CAPTURE}2026/11/21/10/02-00-000-c.jsonl`];
const FEEDBACK = 'feedback/2026/11/21/10/id_2026112109.jsonl';

/** What is in the records bucket. */
let stored: string[] = [];
/** Keys on a page of a listing: few, so that paging is part of every test. */
let pageSize = 2;

beforeEach(() => {
  for (const mock of [sagemaker, dynamodb, s3, cloudwatch]) mock.reset();
  jest.spyOn(console, 'log').mockImplementation(() => {});
  stored = [OLD, ...NEW];
  pageSize = 2;
  dynamodb.on(GetCommand).resolves({});
  dynamodb
    .on(GetCommand, key('release'))
    .resolves({ Item: { current: { version: 3, packageArn: PACKAGE } } });
  sagemaker.on(DescribeModelPackageCommand, { ModelPackageName: PACKAGE }).resolves({
    InferenceSpecification: { Containers: [{ Image: 'image:1' }] },
    CustomerMetadataProperties: { codeHash: 'c0de' },
    DriftCheckBaselines: {
      ModelDataQuality: {
        Statistics: {
          ContentType: 'application/json',
          S3Uri: 's3://artifacts/runs/x/baseline/statistics.json',
        },
      },
    },
  });
  // S3 as far as these functions use it: keys in order, after one, by pages of two.
  s3.on(ListObjectsV2Command).callsFake(({ Prefix, StartAfter = '', ContinuationToken, MaxKeys }) => {
    const after = ContinuationToken ?? StartAfter;
    const found = stored.filter((each) => each.startsWith(Prefix) && each > after).sort();
    const page = found.slice(0, Math.min(pageSize, MaxKeys));
    return {
      Contents: page.map((Key) => ({ Key, LastModified: new Date('2026-11-21T10:30:00Z') })),
      NextContinuationToken: found.length > page.length ? page.at(-1) : undefined,
    };
  });
});
afterEach(() => jest.restoreAllMocks());

test('before the first release there is nothing to monitor, and no heartbeat that would start to count', async () => {
  dynamodb.on(GetCommand, key('release')).resolves({ Item: { seen: 1 } });

  expect(await run()).toEqual({ outcome: 'skipped', note: 'no model in service yet' });
  expect(s3.calls()).toHaveLength(0);
  expect(cloudwatch.calls()).toHaveLength(0);
});

test('with nothing new the run is skipped and the heart beats', async () => {
  monitor({ captureThrough: NEW[1], captureListed: NEW[1] });

  expect((await run()).outcome).toBe('skipped');
  expect(started()).toHaveLength(0);
  expect(cloudwatch.commandCalls(PutMetricDataCommand)[0]?.args[0].input).toMatchObject({
    Namespace: 'MLOps',
    MetricData: [
      { MetricName: 'MonitorRuns', Value: 1, Dimensions: DIMENSIONS },
      { MetricName: 'MonitoredRecords', Value: 0, Dimensions: DIMENSIONS },
    ],
  });
});

test('records that only wait for their window to fill are no reason for another job', async () => {
  monitor({ captureThrough: OLD, captureListed: NEW[1] });

  expect((await run()).outcome).toBe('skipped');
});

test('a job is named by its tick and looks at the files after the last judged one', async () => {
  monitor({ captureThrough: OLD });

  const result = await run();

  expect(result).toMatchObject({
    outcome: 'started',
    note: expect.stringContaining('2 captured files and 0 corrections'),
  });
  expect(result.jobName).toMatch(/^tickets-dev-monitor-20261121110000-[0-9a-f]{6}$/);
  expect(started()).toEqual([result.jobName]);
  expect(manifest('capture')).toEqual([
    { prefix: `s3://records/${CAPTURE}` },
    '2026/11/21/10/01-00-000-b.jsonl',
    '2026/11/21/10/02-00-000-c.jsonl',
  ]);
});

test('an input without any file is given the empty marker, which exists before the job does', async () => {
  const { jobName } = await run();

  const nothing = [{ prefix: `s3://artifacts/monitor/${jobName}/` }, 'empty.jsonl'];
  expect(manifest('feedback')).toEqual(nothing);
  expect(manifest('context')).toEqual(nothing);
  expect(puts()).toContainEqual(
    expect.objectContaining({ Key: `monitor/${jobName}/empty.jsonl`, Body: new Uint8Array(0) }),
  );
});

test('feedback brings the captured files of its answer along, to be joined and not judged again', async () => {
  stored.push(FEEDBACK);
  monitor({ captureThrough: NEW[0], captureListed: NEW[1] });

  expect((await run()).outcome).toBe('started');
  expect(manifest('feedback')).toEqual([
    { prefix: 's3://records/feedback/' },
    '2026/11/21/10/id_2026112109.jsonl',
  ]);
  // The answer of 09 h may be captured in 09 or 10 h; what is judged now is not listed twice.
  expect(manifest('context')).toEqual([
    { prefix: `s3://records/${CAPTURE}` },
    '2026/11/21/09/59-00-000-a.jsonl',
    '2026/11/21/10/01-00-000-b.jsonl',
  ]);
  expect(manifest('capture')).toEqual([
    { prefix: `s3://records/${CAPTURE}` },
    '2026/11/21/10/02-00-000-c.jsonl',
  ]);
});

test('what a job covers is written before it starts, and the marks are left to its success', async () => {
  stored.push(FEEDBACK);

  const { jobName } = await run();

  expect(dynamodb.commandCalls(PutCommand)[0]?.args[0].input.Item).toEqual({
    pk: `monitor#${jobName}`,
    capturePrefix: CAPTURE,
    captureListed: NEW[1],
    feedbackThrough: '2026-11-21T10:30:00.000Z',
    feedbackRecent: [expect.any(String)],
  });
  const updates = dynamodb.commandCalls(UpdateCommand).map(({ args }) => args[0].input.UpdateExpression);
  expect(updates).toEqual(['SET #job = :job']);
});

test('one job takes at most 2,000 captured files, the oldest first', async () => {
  pageSize = 1_000;
  stored = Array.from(
    { length: 2_005 },
    (_, index) => `${CAPTURE}2026/11/21/10/${String(index).padStart(5, '0')}.jsonl`,
  );

  await run();

  const keys = manifest('capture').slice(1);
  expect(keys).toHaveLength(2_000);
  expect(keys[0]).toBe('2026/11/21/10/00000.jsonl');
});

test('feedback that leads to too many files waits for the next run', async () => {
  pageSize = 1_000;
  stored = [`${CAPTURE}2026/11/20/08/a.jsonl`, 'feedback/2026/11/21/10/a_2026112008.jsonl', FEEDBACK];
  for (let index = 0; index < 10_000; index += 1)
    stored.push(`${CAPTURE}2026/11/21/09/${10_000 + index}.jsonl`);

  await run();

  expect(manifest('feedback').slice(1)).toEqual(['2026/11/21/10/a_2026112008.jsonl']);
});

test.each<ProcessingJobStatus>(['InProgress', 'Stopping'])(
  'while the job before is %s no other is started',
  async (status) => {
    monitor({ job: 'tickets-dev-monitor-20261121100000-000000' });
    sagemaker.on(DescribeProcessingJobCommand).resolves({ ProcessingJobStatus: status });

    expect((await run()).note).toContain('still runs');
    expect(s3.calls()).toHaveLength(0);
  },
);

test.each<ProcessingJobStatus>(['Completed', 'Failed'])(
  'after a job that is %s the next one starts',
  async (status) => {
    monitor({ job: 'tickets-dev-monitor-20261121100000-000000' });
    sagemaker.on(DescribeProcessingJobCommand).resolves({ ProcessingJobStatus: status });

    expect((await run()).outcome).toBe('started');
  },
);

test('a job that was claimed and never created does not block the next', async () => {
  monitor({ job: 'tickets-dev-monitor-20261121100000-000000' });
  sagemaker
    .on(DescribeProcessingJobCommand)
    .rejects(named('ValidationException', 'Could not find requested job with name'));

  expect((await run()).outcome).toBe('started');
});

test('a second delivery of a tick finds its job there', async () => {
  const { jobName } = await run();
  monitor({ job: jobName });
  sagemaker.on(DescribeProcessingJobCommand).resolves({ ProcessingJobStatus: 'Completed' });

  expect((await run()).note).toContain('was already started');
  expect(started()).toHaveLength(1);
});

test('two deliveries at the same moment make one job', async () => {
  sagemaker.on(CreateProcessingJobCommand).rejects(named('ResourceInUse', 'Job already exists'));

  expect(await run()).toMatchObject({
    outcome: 'skipped',
    note: expect.stringContaining('was already started'),
  });
});

test('of two ticks at once the one whose claim comes second steps back', async () => {
  dynamodb.on(UpdateCommand).rejects(new ConditionalCheckFailedException({ message: 'x', $metadata: {} }));

  expect((await run()).note).toBe('another start is under way');
  expect(started()).toHaveLength(0);
});

test('an event without a time, as a person sends it, is taken for now', async () => {
  expect((await run({})).jobName).toContain('-monitor-20261121111500-');
});

test('fails when SageMaker refuses the job, so that the schedule tries again', async () => {
  sagemaker
    .on(CreateProcessingJobCommand)
    .rejects(named('ResourceLimitExceeded', 'no quota for ml.m5.large'));

  await expect(run()).rejects.toThrow('no quota');
});

test('fails when the job before cannot be looked at', async () => {
  monitor({ job: 'tickets-dev-monitor-20261121100000-000000' });
  sagemaker.on(DescribeProcessingJobCommand).rejects(named('AccessDeniedException', 'not authorized'));

  await expect(run()).rejects.toThrow('not authorized');
});

const DIMENSIONS = [
  { Name: 'Project', Value: 'tickets' },
  { Name: 'Environment', Value: 'dev' },
];

function run(event: { time?: string } = tick) {
  return startMonitoring({
    sagemaker: new SageMakerClient({}),
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    s3: new S3Client({}),
    cloudwatch: new CloudWatchClient({}),
    settings,
    now: () => new Date('2026-11-21T11:15:00Z'),
  })(event);
}

function monitor(item: object): void {
  dynamodb.on(GetCommand, key('monitor')).resolves({ Item: { pk: 'monitor', ...item } });
}

function key(pk: string) {
  return { TableName: 'state', Key: { pk }, ConsistentRead: true };
}

function started() {
  return sagemaker
    .commandCalls(CreateProcessingJobCommand)
    .map(({ args }) => args[0].input.ProcessingJobName);
}

function puts() {
  return s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
}

function manifest(name: string): unknown[] {
  return JSON.parse(String(puts().find(({ Key }) => Key?.endsWith(`/${name}.manifest`))?.Body));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
