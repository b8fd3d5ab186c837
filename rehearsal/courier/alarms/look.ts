import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Emulator } from '../../emulator/emulator';

/** Looks at alarms by name, as SageMaker does while a canary bakes: which ring, and which there are not. */
export function alarmLook(emulator: Pick<Emulator, 'client'>) {
  const client = new CloudWatchClient(emulator.client);
  return async (names: readonly string[]) => {
    if (names.length === 0) return { ringing: [], missing: [] };
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [...names] }));
    const states = new Map(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
    return {
      ringing: names.filter((name) => states.get(name) === 'ALARM'),
      missing: names.filter((name) => !states.has(name)),
    };
  };
}
