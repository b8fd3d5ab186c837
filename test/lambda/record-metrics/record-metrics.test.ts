import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { MonitorReport } from '../../../lambda/record-metrics/contract';
import { type ProcessingJobEvent, recordMetrics } from '../../../lambda/record-metrics/record-metrics';
import completed from '../../fixtures/events/processing-job-completed.json';
import failed from '../../fixtures/events/processing-job-failed.json';

const dynamodb = mockClient(DynamoDBDocumentClient);
const s3 = mockClient(S3Client);
const cloudwatch = mockClient(CloudWatchClient);
const sns = mockClient(SNSClient);
const JOB = completed.detail.ProcessingJobName;
const CAPTURE = 'capture/tickets-dev/AllTraffic/';
const covers = {
  pk: `monitor#${JOB}`,
  capturePrefix: CAPTURE,
  captureListed: `${CAPTURE}2026/11/21/10/59-00-000-b.jsonl`,
  feedbackThrough: '2026-11-21T10:30:00.000Z',
  feedbackRecent: ['0123456789ab'],
};

beforeEach(() => {
  for (const mock of [dynamodb, s3, cloudwatch, sns]) mock.reset();
  jest.spyOn(console, 'log').mockImplementation(() => {});
  dynamodb.on(UpdateCommand).resolves({ Attributes: covers });
  reported(report());
});
afterEach(() => jest.restoreAllMocks());

test("a completed job's report becomes metrics with exactly the dimensions of the alarms, at the job's end", async () => {
  expect(await run()).toBe('recorded');

  const rest = { Dimensions: DIMENSIONS, Timestamp: new Date(completed.time) };
  expect(cloudwatch.commandCalls(PutMetricDataCommand).map(({ args }) => args[0].input)).toEqual([
    {
      Namespace: 'MLOps',
      MetricData: [
        { MetricName: 'MonitorRuns', Value: 1, Unit: 'Count', ...rest },
        { MetricName: 'MonitoredRecords', Value: 1200, Unit: 'Count', ...rest },
        { MetricName: 'DriftScore', Value: 0.4, Unit: 'None', ...rest },
        { MetricName: 'QualityScore', Value: 1.2, Unit: 'None', ...rest },
      ],
    },
  ]);
});

test('a score that could not be told is left out rather than put as zero', async () => {
  reported({ ...report(), drift: { score: null, statistics: {} }, quality: { score: null, targets: {} } });

  await run();

  expect(metricNames()).toEqual(['MonitorRuns', 'MonitoredRecords']);
});

test('a score of zero is put', async () => {
  reported({ ...report(), drift: { score: 0, statistics: {} } });

  await run();

  expect(metricNames()).toContain('DriftScore');
});

test('a completed job moves the marks forward, never back, and finishes last', async () => {
  await run();

  const [claim, ...changes] = updates();
  expect(claim?.UpdateExpression).toBe('SET claimedUntil = :until');
  expect(
    changes.map(({ Key, UpdateExpression, ConditionExpression }) => [
      Key?.pk,
      UpdateExpression,
      ConditionExpression,
    ]),
  ).toEqual([
    ['monitor', 'SET #n0 = :v0', FORWARD],
    ['monitor', 'SET #n0 = :v0', FORWARD],
    ['monitor', 'SET #n0 = :v0, #n1 = :v1', FORWARD],
    [`monitor#${JOB}`, 'SET finished = :now REMOVE claimedUntil', undefined],
  ]);
  expect(
    changes
      .slice(0, 3)
      .map(({ ExpressionAttributeNames, ExpressionAttributeValues }) => [
        ExpressionAttributeNames,
        ExpressionAttributeValues,
      ]),
  ).toEqual([
    [{ '#n0': 'captureThrough' }, { ':v0': `${CAPTURE}2026/11/21/10/58-00-000-a.jsonl` }],
    [{ '#n0': 'captureListed' }, { ':v0': covers.captureListed }],
    [
      { '#n0': 'feedbackThrough', '#n1': 'feedbackRecent' },
      { ':v0': covers.feedbackThrough, ':v1': covers.feedbackRecent },
    ],
  ]);
});

test('while a window fills, what was judged stays where it is and what was listed moves', async () => {
  reported({ ...report(), judged_through: null });

  await run();

  const marks = updates().flatMap(({ ExpressionAttributeNames }) =>
    Object.values(ExpressionAttributeNames ?? {}),
  );
  expect(marks).toEqual(['captureListed', 'feedbackThrough', 'feedbackRecent']);
});

test('a mark that is further already is left there', async () => {
  dynamodb.on(UpdateCommand, { Key: { pk: 'monitor' } }).rejects(conditionFailed(undefined));

  expect(await run()).toBe('recorded');
  expect(updates().at(-1)?.UpdateExpression).toContain('finished');
});

test('a second delivery of the event changes nothing', async () => {
  dynamodb.on(UpdateCommand).rejects(conditionFailed({ finished: { S: '2026-11-21T11:05:00Z' } }));

  expect(await run()).toBe('already recorded');
  expect(cloudwatch.calls()).toHaveLength(0);
});

test('fails while another delivery works on the job, so that it comes again and no metric is lost', async () => {
  dynamodb.on(UpdateCommand).rejects(conditionFailed({ claimedUntil: { S: '2026-11-21T11:06:00Z' } }));

  await expect(run()).rejects.toThrow(`another delivery records ${JOB} until 2026-11-21T11:06:00Z`);
  expect(cloudwatch.calls()).toHaveLength(0);
});

test('a claim runs out before Lambda delivers again, and only an unfinished job can be claimed', async () => {
  await run();

  expect(updates()[0]).toMatchObject({
    ConditionExpression:
      'attribute_not_exists(finished) AND (attribute_not_exists(claimedUntil) OR claimedUntil < :now)',
    ExpressionAttributeValues: { ':now': '2026-11-21T11:05:00.000Z', ':until': '2026-11-21T11:05:50.000Z' },
  });
});

test('fails, unfinished and free again, when the metrics cannot be put', async () => {
  cloudwatch.on(PutMetricDataCommand).rejects(new Error('Throttling'));

  await expect(run()).rejects.toThrow('Throttling');
  expect(updates().map(({ UpdateExpression }) => UpdateExpression)).toEqual([
    'SET claimedUntil = :until',
    'REMOVE claimedUntil',
  ]);
});

test('fails with the first error when the job cannot even be given back', async () => {
  cloudwatch.on(PutMetricDataCommand).rejects(new Error('Throttling'));
  dynamodb.on(UpdateCommand, { UpdateExpression: 'REMOVE claimedUntil' }).rejects(new Error('table away'));

  await expect(run()).rejects.toThrow('Throttling');
});

test.each([
  ['no JSON', 'oops', 'JSON'],
  ['no object', '[]', 'is no object'],
  ['no count', JSON.stringify({ ...report(), records: '1' }), 'records is no number'],
  ['no drift score', JSON.stringify({ ...report(), drift: {} }), 'drift.score is neither a number nor null'],
  [
    'no quality',
    JSON.stringify({ ...report(), quality: undefined }),
    'quality.score is neither a number nor null',
  ],
  [
    'no judged_through',
    JSON.stringify({ ...report(), judged_through: undefined }),
    'judged_through is neither',
  ],
  [
    'a file that the job was not given',
    JSON.stringify({ ...report(), judged_through: 'zzz' }),
    'but the job was given files to',
  ],
])('fails on a report with %s, and puts no metric', async (_, text, message) => {
  reportedText(text);

  await expect(run()).rejects.toThrow(message);
  expect(cloudwatch.calls()).toHaveLength(0);
});

test('a job that was started by hand has its metrics put and moves no mark', async () => {
  dynamodb.on(UpdateCommand).resolves({ Attributes: { pk: `monitor#${JOB}` } });

  expect(await run()).toBe('recorded');
  expect(metricNames()).toHaveLength(4);
  expect(updates().every(({ Key }) => Key?.pk === `monitor#${JOB}`)).toBe(true);
});

test('a failed job is told to the owner with its reason; no metric, and its records come again', async () => {
  expect(await run(failed)).toBe('told the owner');

  const message = sns.commandCalls(PublishCommand)[0]?.args[0].input;
  expect(message).toMatchObject({ TopicArn: 'owner', Subject: 'Monitoring of tickets-dev: failed' });
  expect(message?.Message).toContain(`${JOB} ended as Failed: AlgorithmError`);
  expect(cloudwatch.calls()).toHaveLength(0);
  expect(s3.calls()).toHaveLength(0);
  expect(updates().map(({ Key }) => Key?.pk)).toEqual([`monitor#${JOB}`, `monitor#${JOB}`]);
});

test('a stopped job without a reason is told too', async () => {
  await run({ ...completed, detail: { ...completed.detail, ProcessingJobStatus: 'Stopped' } });

  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Message).toContain(
    'ended as Stopped: no reason given',
  );
});

test.each([
  ['of another project', { ProcessingJobName: 'other-dev-monitor-20261121110000-a1b2c3' }],
  ['of a pipeline', { ProcessingJobName: 'pipelines-abc-Evaluate-def' }],
  ['that still runs', { ProcessingJobStatus: 'InProgress' }],
])('a job %s is ignored', async (_, detail) => {
  expect(await run({ ...completed, detail: { ...completed.detail, ...detail } })).toBe('ignored');
  expect(dynamodb.calls()).toHaveLength(0);
});

const FORWARD = 'attribute_not_exists(#n0) OR #n0 <= :v0';
const DIMENSIONS = [
  { Name: 'Project', Value: 'tickets' },
  { Name: 'Environment', Value: 'dev' },
];

function run(event: ProcessingJobEvent = completed) {
  return recordMetrics({
    dynamodb: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    s3: new S3Client({}),
    cloudwatch: new CloudWatchClient({}),
    sns: new SNSClient({}),
    settings: {
      PROJECT: 'tickets',
      ENVIRONMENT: 'dev',
      STATE_TABLE: 'state',
      ARTIFACTS_BUCKET: 'artifacts',
      METRIC_NAMESPACE: 'MLOps',
      OWNER_TOPIC_ARN: 'owner',
    },
    now: () => new Date('2026-11-21T11:05:00Z'),
  })(event);
}

function report(): MonitorReport {
  return {
    records: 1200,
    windows: 2,
    window_size: 500,
    judged_through: '2026/11/21/10/58-00-000-a.jsonl',
    sentence: 'no drift',
    drift: { score: 0.4, statistics: {} },
    quality: { score: 1.2, targets: {} },
    labelled_rows: 3,
  };
}

function reported(value: MonitorReport): void {
  reportedText(JSON.stringify(value));
}

function reportedText(text: string): void {
  const Body = { transformToString: async () => text } as GetObjectCommandOutput['Body'];
  s3.on(GetObjectCommand, { Bucket: 'artifacts', Key: `monitor/${JOB}/report/report.json` }).resolves({
    Body,
  });
}

function updates() {
  return dynamodb.commandCalls(UpdateCommand).map(({ args }) => args[0].input);
}

function metricNames() {
  return cloudwatch
    .commandCalls(PutMetricDataCommand)
    .flatMap(({ args }) => args[0].input.MetricData?.map(({ MetricName }) => MetricName));
}

function conditionFailed(Item: Record<string, { S: string }> | undefined): Error {
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    Item,
  });
}
