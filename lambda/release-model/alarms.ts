import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';

/** Which of these alarms ring now. */
export async function ringing(cloudwatch: CloudWatchClient, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { MetricAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm'] }),
  );
  return MetricAlarms.flatMap(({ AlarmName, StateValue }) =>
    AlarmName && StateValue === 'ALARM' ? [AlarmName] : [],
  );
}
