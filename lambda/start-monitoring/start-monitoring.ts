import { createHash } from 'node:crypto';
import { type CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  CreateProcessingJobCommand,
  DescribeProcessingJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { METRICS } from '../record-metrics/contract';
import type { StartMonitoringEnv, StartMonitoringResult } from './contract';
import { putManifests } from './manifests';
import type { MonitorJobRecord, MonitorRecord } from './monitor-record';
import { monitoringJob } from './monitoring-job';
import { newRecords } from './new-records';
import { releasedPackage } from './released-package';

export interface Dependencies {
  readonly sagemaker: SageMakerClient;
  readonly dynamodb: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly cloudwatch: CloudWatchClient;
  readonly settings: StartMonitoringEnv;
  readonly now: () => Date;
}

/** The schedule's event; a person's test event may be empty. */
export interface Tick {
  /** ISO time the schedule meant, the same in a repeated delivery. */
  readonly time?: string;
}

/**
 * Starts a monitoring job over what was captured and corrected since the last one.
 *
 * released? → is a job running? → list → nothing new: heartbeat | claim → manifests → job. What a job covers
 * stands in its own item before it starts; only its success, seen by record-metrics, moves the marks on. So a
 * failed job's records come again, and two deliveries of one tick name the same job, which exists once.
 */
export function startMonitoring({ sagemaker, dynamodb, s3, cloudwatch, settings, now }: Dependencies) {
  const capturePrefix = `capture/${settings.ENDPOINT_NAME}/AllTraffic/`;

  return async (tick: Tick): Promise<StartMonitoringResult> => {
    const result = await start(tick);
    console.log(JSON.stringify({ decision: result.outcome, note: result.note, job: result.jobName }));
    return result;
  };

  async function start(tick: Tick): Promise<StartMonitoringResult> {
    const release = await item<{ current?: { version: number; packageArn: string } }>('release');
    if (release?.current === undefined) return skipped('no model in service yet');

    const monitor: Omit<MonitorRecord, 'pk'> = (await item<MonitorRecord>('monitor')) ?? {};
    const jobName = nameOf(tick, monitor, release.current.version);
    const status = monitor.job === undefined ? undefined : await statusOf(monitor.job);
    if (status === 'InProgress' || status === 'Stopping') return skipped(`${monitor.job} still runs`);
    if (status !== undefined && monitor.job === jobName) return skipped(`${jobName} was already started`);

    const records = await newRecords(s3, settings.RECORDS_BUCKET, capturePrefix, monitor);
    const newest = records.capture.at(-1);
    // Records that wait for their window to fill are listed each time; they alone are no reason for a job.
    const hasNewCapture = newest !== undefined && newest > (monitor.captureListed ?? '');
    if (!hasNewCapture && records.feedback.length === 0) {
      await heartbeat();
      return skipped('nothing was captured or corrected since the last look');
    }
    const released = await releasedPackage(sagemaker, release.current.packageArn);

    if (!(await claimed(monitor.job, jobName))) return skipped('another start is under way');
    await putManifests(s3, settings, jobName, {
      capture: { prefix: capturePrefix, keys: records.capture },
      context: { prefix: capturePrefix, keys: records.context },
      feedback: { prefix: 'feedback/', keys: records.feedback },
    });
    const covers: MonitorJobRecord = {
      pk: `monitor#${jobName}`,
      capturePrefix,
      captureListed: newest,
      ...records.cursor,
    };
    await dynamodb.send(new PutCommand({ TableName: settings.STATE_TABLE, Item: covers }));
    try {
      await sagemaker.send(new CreateProcessingJobCommand(monitoringJob(settings, jobName, released)));
    } catch (error) {
      // The other delivery of this tick was faster by a moment.
      if (error instanceof Error && error.name === 'ResourceInUse')
        return skipped(`${jobName} was already started`);
      throw error;
    }
    const note = `looks at ${records.capture.length} captured files and ${records.feedback.length} corrections, version ${release.current.version} in service`;
    return { outcome: 'started', note, jobName };
  }

  async function item<Item>(pk: string): Promise<Item | undefined> {
    const { Item } = await dynamodb.send(
      new GetCommand({ TableName: settings.STATE_TABLE, Key: { pk }, ConsistentRead: true }),
    );
    return Item as Item | undefined;
  }

  /** One tick over the same marks is one job. */
  function nameOf(tick: Tick, monitor: Omit<MonitorRecord, 'pk'>, version: number): string {
    const given = Date.parse(tick.time ?? '');
    const time = new Date(Number.isNaN(given) ? now() : given).toISOString().replace(/\D/g, '').slice(0, 14);
    const marks = JSON.stringify([monitor.captureListed, monitor.feedbackThrough, version]);
    const hash = createHash('sha256').update(marks).digest('hex').slice(0, 6);
    return `${settings.PROJECT}-${settings.ENVIRONMENT}-monitor-${time}-${hash}`;
  }

  async function statusOf(job: string): Promise<string | undefined> {
    try {
      const described = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: job }));
      return described.ProcessingJobStatus;
    } catch (error) {
      // Claimed, and then never created. SageMaker says either of the two for a job that does not exist.
      const isMissing =
        error instanceof Error && ['ValidationException', 'ResourceNotFound'].includes(error.name);
      if (isMissing) return undefined;
      throw error;
    }
  }

  /** False if another tick claimed its job since the item was read. */
  async function claimed(seen: string | undefined, job: string): Promise<boolean> {
    try {
      await dynamodb.send(
        new UpdateCommand({
          TableName: settings.STATE_TABLE,
          Key: { pk: 'monitor' },
          UpdateExpression: 'SET #job = :job',
          ConditionExpression: seen === undefined ? 'attribute_not_exists(#job)' : '#job = :seen',
          ExpressionAttributeNames: { '#job': 'job' },
          ExpressionAttributeValues: { ':job': job, ...(seen === undefined ? {} : { ':seen': seen }) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Says that the monitor is alive although it had nothing to do. */
  async function heartbeat(): Promise<void> {
    const Dimensions = [
      { Name: 'Project', Value: settings.PROJECT },
      { Name: 'Environment', Value: settings.ENVIRONMENT },
    ];
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: settings.METRIC_NAMESPACE,
        MetricData: [
          { MetricName: METRICS.heartbeat, Dimensions, Timestamp: now(), Value: 1, Unit: 'Count' },
          { MetricName: METRICS.records, Dimensions, Timestamp: now(), Value: 0, Unit: 'Count' },
        ],
      }),
    );
  }
}

function skipped(note: string): StartMonitoringResult {
  return { outcome: 'skipped', note };
}
