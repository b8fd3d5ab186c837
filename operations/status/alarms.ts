import { paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { Clients } from './clients';

export interface RingingAlarm {
  readonly name: string;
  readonly since: Date | undefined;

  /** What it means and what to do first. */
  readonly description: string;
}

/** Alarms of a project in an environment that ring now. */
export async function ringingAlarms(
  { cloudwatch: client }: Clients,
  prefix: string,
): Promise<RingingAlarm[]> {
  const found: RingingAlarm[] = [];
  const pages = paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${prefix}-`, StateValue: 'ALARM' });
  for await (const { MetricAlarms = [] } of pages) {
    for (const { AlarmName, StateUpdatedTimestamp, AlarmDescription } of MetricAlarms) {
      found.push({
        name: (AlarmName ?? '').slice(prefix.length + 1),
        since: StateUpdatedTimestamp,
        description: AlarmDescription ?? '',
      });
    }
  }
  return found;
}
