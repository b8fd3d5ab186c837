import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Announcement } from '../event';

/** An alarm that went from one state to another. */
export interface Transition {
  readonly alarm: string;
  readonly from: StateValue;
  readonly to: StateValue;
  readonly reason: string;
}

/**
 * The event of an alarm's change of state.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function stateChange(
  alarm: MetricAlarm,
  { alarm: alarmName, from, to, reason }: Transition,
  times: { readonly from: Date; readonly to: Date },
): Announcement {
  const metric = {
    namespace: alarm.Namespace,
    name: alarm.MetricName,
    dimensions: Object.fromEntries((alarm.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
  const metricStat = { metric, period: alarm.Period, stat: alarm.Statistic };
  return {
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    resources: [alarm.AlarmArn ?? ''],
    detail: {
      alarmName,
      configuration: {
        description: alarm.AlarmDescription,
        metrics: [{ id: 'm1', metricStat, returnData: true }],
      },
      previousState: { value: from, timestamp: timestamp(times.from) },
      state: { value: to, reason, timestamp: timestamp(times.to) },
    },
  };
}

/** `2026-11-21T10:00:00.000+0000` */
const timestamp = (date: Date): string => date.toISOString().replace('Z', '+0000');
