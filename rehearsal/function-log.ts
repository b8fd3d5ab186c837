import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
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

/**
 * Calls that were refused to functions since then, in IAM's words, each once. A function may go on without what it was
 * refused, or tell its caller nothing of it; its log has it.
 */
export async function refusedCalls(emulator: Pick<Emulator, 'client'>, since: Date): Promise<string[]> {
  const client = new CloudWatchLogsClient(emulator.client);
  const { logGroups = [] } = await client.send(
    new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/' }),
  );
  const found = new Set<string>();
  await Promise.all(
    logGroups.map(async ({ logGroupName }) => {
      const input = { logGroupName, startTime: since.getTime() };
      for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) {
        for (const { message = '' } of events) {
          const denial = DENIAL.exec(message)?.[0];
          if (denial) found.add(`${logGroupName}: ${denial}`);
        }
      }
    }),
  );
  return [...found];
}

/** Who is not authorized to do what, up to the end of the JSON text it stands in. */
const DENIAL = /[^"]* is not authorized to perform: [^"\n]*/;
