import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Emulator } from './emulator/emulator';

const LINES = 12;

/** The last lines a function wrote, for the reason of a failure that nobody waited for. */
export async function functionLog(emulator: Pick<Emulator, 'client'>, functionName: string): Promise<string> {
  const { events = [] } = await new CloudWatchLogsClient(emulator.client).send(
    new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${functionName}` }),
  );
  const lines = events.flatMap((event) => (event.message ?? '').trimEnd().split('\n'));
  return lines.slice(-LINES).join('\n') || 'it wrote nothing';
}
