import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import type { BridgedType, BridgeRequest, Created } from './bridged-type';

/**
 * Alarms on metric math: the emulator's API keeps them, its CloudFormation refuses them. Nobody evaluates them here, and
 * the report says so.
 */
export function mathAlarmType(client: CloudWatchClient): BridgedType {
  const put = async ({ stack, logicalId, properties }: BridgeRequest): Promise<Created> => {
    const AlarmName = String(properties.AlarmName ?? `${stack}-${logicalId}`);
    // CloudFormation's properties are the API's, name by name.
    const alarm = { ...properties, AlarmName } as PutMetricAlarmCommandInput;
    await client.send(new PutMetricAlarmCommand(alarm));
    return { ref: AlarmName, attributes: {} };
  };
  return {
    played: 'through its API',
    create: put,
    update: (_, request) => put(request),
    // Deleting an alarm that is gone succeeds, as in AWS.
    remove: async (ref) => void (await client.send(new DeleteAlarmsCommand({ AlarmNames: [ref] }))),
  };
}
