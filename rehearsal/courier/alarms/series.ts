import {
  type CloudWatchClient,
  type Datapoint,
  GetMetricStatisticsCommand,
  type MetricAlarm,
  paginateListMetrics,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';

/** What was published in one second. */
interface Second {
  readonly at: number;
  readonly point: Datapoint;
}

/** The moments at which the rehearsal turned to a new period, oldest first. */
export type Turns = readonly Date[];

/**
 * Reads an alarm's data points, one for each of the last `periods` periods, the newest first.
 *
 * A period ends now and slides, as CloudWatch's does. What was published before a turn is at least one period older than
 * what came after it, however little time has passed.
 *
 * @throws Error for an alarm without dimensions on a metric that is also published with some: the emulator mixes them
 */
export async function datapoints(
  client: CloudWatchClient,
  alarm: MetricAlarm,
  periods: number,
  turns: Turns,
  now: Date,
): Promise<Array<number | undefined>> {
  if (alarm.Dimensions?.length === 0 && !(await isWithoutDimensions(client, alarm)))
    return Array(periods).fill(undefined);
  const period = (alarm.Period ?? 60) * 1000;
  const starts = [new Date(now.getTime() - period * periods), ...turns];
  const found: Second[][] = Array.from({ length: periods }, () => []);
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? new Date(now.getTime() + 1000);
    if (end <= start) continue;
    const turnsSince = starts.length - 1 - index;
    for (const second of await read(client, alarm, start, end)) {
      const age = Math.max(Math.floor((now.getTime() - second.at) / period), turnsSince, 0);
      found[age]?.push(second);
    }
  }
  return found.map((seconds) => statistic(seconds, alarm.Statistic));
}

async function read(
  client: CloudWatchClient,
  alarm: MetricAlarm,
  StartTime: Date,
  EndTime: Date,
): Promise<Second[]> {
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: alarm.Namespace,
      MetricName: alarm.MetricName,
      Dimensions: alarm.Dimensions,
      StartTime,
      EndTime,
      Period: 1,
      Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum'],
    }),
  );
  return Datapoints.filter(({ Unit }) => alarm.Unit === undefined || Unit === alarm.Unit).map((point) => ({
    at: point.Timestamp?.getTime() ?? 0,
    point,
  }));
}

function statistic(seconds: readonly Second[], name: Statistic | undefined): number | undefined {
  if (seconds.length === 0) return undefined;
  const each = (key: 'SampleCount' | 'Sum' | 'Minimum' | 'Maximum') =>
    seconds.map(({ point }) => point[key] ?? 0);
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  switch (name) {
    case 'SampleCount':
      return total(each('SampleCount'));
    case 'Sum':
      return total(each('Sum'));
    case 'Minimum':
      return Math.min(...each('Minimum'));
    case 'Maximum':
      return Math.max(...each('Maximum'));
    default:
      return total(each('Sum')) / total(each('SampleCount'));
  }
}

/** Whether the metric is published without dimensions. Asked without any, the emulator pools all its series. */
async function isWithoutDimensions(client: CloudWatchClient, alarm: MetricAlarm): Promise<boolean> {
  const { Namespace, MetricName } = alarm;
  const counts: number[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client }, { Namespace, MetricName })) {
    counts.push(...Metrics.map(({ Dimensions = [] }) => Dimensions.length));
  }
  if (!counts.includes(0)) return false;
  if (counts.every((count) => count === 0)) return true;
  throw new Error(
    `alarm ${alarm.AlarmName} has no dimensions and ${MetricName} is published with and without: the emulator cannot tell these apart; give the alarm dimensions`,
  );
}
