import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EventBridgeEvent } from 'aws-lambda';
import type { MonitorJobRecord } from '../start-monitoring/monitor-record';
import { METRICS, type RecordMetricsEnv } from './contract';
import { monitorMarks } from './monitor-marks';
import { parseReport, type ReportedNumbers } from './monitor-report';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
export type ProcessingJobEvent = Pick<
  EventBridgeEvent<
    'SageMaker Processing Job State Change',
    {
      readonly ProcessingJobName: string;
      readonly ProcessingJobStatus: string;
      readonly FailureReason?: string;
    }
  >,
  'time' | 'detail'
>;

export type RecordMetricsOutcome = 'recorded' | 'told the owner' | 'already recorded' | 'ignored';

export interface Dependencies {
  readonly dynamodb: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
  readonly settings: RecordMetricsEnv;
  readonly now: () => Date;
}

/**
 * Turns the end of a monitoring job into metrics, or into a message to the model's owner.
 *
 * completed: report → metrics → marks forward. failed or stopped: the owner is told, no metric, no mark moves, and
 * the next run looks at the same records again. The event may come several times; see `monitorMarks`.
 */
export function recordMetrics({ dynamodb, s3, cloudwatch, sns, settings, now }: Dependencies) {
  const prefix = `${settings.PROJECT}-${settings.ENVIRONMENT}`;
  const marks = monitorMarks(dynamodb, settings.STATE_TABLE, now);

  return async (event: ProcessingJobEvent): Promise<RecordMetricsOutcome> => {
    const { ProcessingJobName: job, ProcessingJobStatus: status } = event.detail;
    const outcome = await record(event);
    console.log(JSON.stringify({ decision: outcome, job, status }));
    return outcome;
  };

  async function record({ time, detail }: ProcessingJobEvent): Promise<RecordMetricsOutcome> {
    const { ProcessingJobName: job, ProcessingJobStatus: status, FailureReason: reason } = detail;
    const hasEnded = ['Completed', 'Failed', 'Stopped'].includes(status);
    if (!job.startsWith(`${prefix}-monitor-`) || !hasEnded) return 'ignored';

    const covers = await marks.claim(job);
    if (covers === undefined) return 'already recorded';
    try {
      if (status === 'Completed') await recordReport(job, covers, new Date(time));
      else await tellOwner(job, status, reason);
      await marks.finish(job);
    } catch (error) {
      // Should this fail too, the claim runs out by itself; the first error is the one to be seen.
      await marks.release(job).catch(() => undefined);
      throw error;
    }
    return status === 'Completed' ? 'recorded' : 'told the owner';
  }

  async function recordReport(job: string, covers: Partial<MonitorJobRecord>, ended: Date): Promise<void> {
    const key = `monitor/${job}/report/report.json`;
    const object = await s3.send(new GetObjectCommand({ Bucket: settings.ARTIFACTS_BUCKET, Key: key }));
    const report = parseReport((await object.Body?.transformToString()) ?? '', key);
    const judgedThrough = judgedKey(report, covers, key);

    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: settings.METRIC_NAMESPACE,
        MetricData: metricsOf(report, ended),
      }),
    );
    if (judgedThrough !== undefined) await marks.advance('captureThrough', judgedThrough);
    if (covers.captureListed !== undefined) await marks.advance('captureListed', covers.captureListed);
    if (covers.feedbackThrough !== undefined) {
      const feedbackRecent = covers.feedbackRecent ?? [];
      await marks.advance('feedbackThrough', covers.feedbackThrough, { feedbackRecent });
    }
  }

  /** The time is the job's end: put once more, it is the same point again. */
  function metricsOf(report: ReportedNumbers, ended: Date): MetricDatum[] {
    const values = [
      { MetricName: METRICS.heartbeat, Value: 1, Unit: 'Count' as const },
      { MetricName: METRICS.records, Value: report.records, Unit: 'Count' as const },
      { MetricName: METRICS.drift, Value: report.drift, Unit: 'None' as const },
      { MetricName: METRICS.quality, Value: report.quality, Unit: 'None' as const },
    ];
    const Dimensions = [
      { Name: 'Project', Value: settings.PROJECT },
      { Name: 'Environment', Value: settings.ENVIRONMENT },
    ];
    return values.flatMap(({ Value, ...metric }) =>
      // Too little to say anything is not "no drift": the point is left out, and the alarm keeps its state.
      Value === null ? [] : [{ ...metric, Value, Dimensions, Timestamp: ended }],
    );
  }

  async function tellOwner(job: string, status: string, reason = 'no reason given'): Promise<void> {
    await sns.send(
      new PublishCommand({
        TopicArn: settings.OWNER_TOPIC_ARN,
        Subject: `Monitoring of ${prefix}: ${status.toLowerCase()}`,
        Message: [
          `The monitoring job ${job} ended as ${status}: ${reason.slice(0, 1_024)}`,
          'No drift or quality was measured. The next run looks at the same records again.',
        ].join('\n'),
      }),
    );
  }
}

/**
 * The full key of the last judged file.
 * @throws if the job was not given that file: the mark never goes back, so a wrong one would end monitoring silently
 */
function judgedKey(
  { judged_through: judged }: ReportedNumbers,
  { capturePrefix, captureListed }: Partial<MonitorJobRecord>,
  where: string,
): string | undefined {
  if (judged === null || capturePrefix === undefined) return undefined;
  const key = `${capturePrefix}${judged}`;
  if (captureListed === undefined || key > captureListed) {
    throw new Error(`${where}: judged_through is ${judged}, but the job was given files to ${captureListed}`);
  }
  return key;
}
