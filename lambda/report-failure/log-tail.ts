import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, type CodeBuildClient } from '@aws-sdk/client-codebuild';

/** Lines of a log that say why it failed, as a rule. */
const LINES = 30;

/** A line of a minified file must not fill the mail. */
const LINE_LENGTH = 500;

/** What the end of a build's log says, and where the rest is. */
export interface LogTail {
  readonly lines: readonly string[];
  readonly link: string | undefined;
}

/** The last lines that a build wrote; none when it ended before it wrote any. */
export async function logTail(
  codebuild: CodeBuildClient,
  logs: CloudWatchLogsClient,
  build: string,
): Promise<LogTail> {
  const { builds } = await codebuild.send(new BatchGetBuildsCommand({ ids: [build] }));
  const { groupName, streamName, deepLink } = builds?.[0]?.logs ?? {};
  if (!groupName || !streamName) return { lines: [], link: deepLink };
  const { events } = await logs.send(
    new GetLogEventsCommand({
      logGroupName: groupName,
      logStreamName: streamName,
      startFromHead: false,
      // CodeBuild adds some lines of its own at the end.
      limit: LINES + 10,
    }),
  );
  const lines = (events ?? [])
    .map(({ message }) => (message ?? '').trimEnd())
    .filter((line) => line !== '' && !CODEBUILDS_OWN.test(line))
    .map((line) => line.slice(0, LINE_LENGTH));
  return { lines: lines.slice(-LINES), link: deepLink };
}

/** `[Container] 2026/11/21 12:00:00.123456 Phase complete: …`: true of every build, and says nothing. */
const CODEBUILDS_OWN =
  /^\[Container\] \S+ \S+ (Entering phase|Phase complete|Phase context|Expanding|Set report|Assembling|Unable to initialize cache)/;
