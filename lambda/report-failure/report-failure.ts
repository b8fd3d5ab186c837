import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { CodeBuildClient } from '@aws-sdk/client-codebuild';
import type { ActionExecutionDetail, CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { ReportFailureEnv } from './contract';
import { describe, type FailedAction, failedActionIn } from './failure';
import { type LogTail, logTail } from './log-tail';

export interface Dependencies {
  readonly codepipeline: CodePipelineClient;
  readonly codebuild: CodeBuildClient;
  readonly logs: CloudWatchLogsClient;
  readonly sns: SNSClient;
  readonly env: ReportFailureEnv;
}

/** SNS takes subjects of 100 ASCII characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SUBJECT_LENGTH = 100;

/**
 * Tells the owner which action of a delivery failed, with the last lines of its log.
 *
 * The mail goes out also when the log cannot be read: that something failed matters more than why.
 */
export function reportFailure({ codepipeline, codebuild, logs, sns, env }: Dependencies) {
  return async (event: unknown): Promise<void> => {
    const failed = failedActionIn(event);
    const execution = await describe(codepipeline, env.PIPELINE, failed);
    const result = execution?.output?.executionResult;
    const isBuild = execution?.input?.actionTypeId?.provider === 'CodeBuild';
    const tail = isBuild && result?.externalExecutionId ? await read(result.externalExecutionId) : undefined;
    await sns.send(
      new PublishCommand({
        TopicArn: env.OWNER_TOPIC_ARN,
        Subject: `${env.PIPELINE}: ${failed.action} failed in ${failed.stage}`
          .replaceAll(/[^\x20-\x7e]/g, '?')
          .slice(0, SUBJECT_LENGTH),
        Message: messageOf(env.PIPELINE, failed, execution, tail),
      }),
    );
    console.log(JSON.stringify({ did: 'told', ...failed, lines: tail?.lines.length ?? 0 }));
  };

  async function read(build: string): Promise<LogTail | undefined> {
    try {
      return await logTail(codebuild, logs, build);
    } catch (error) {
      console.log(JSON.stringify({ did: 'not read', build, why: String(error) }));
      return undefined;
    }
  }
}

function messageOf(
  pipeline: string,
  { stage, action, execution }: FailedAction,
  detail: ActionExecutionDetail | undefined,
  tail: LogTail | undefined,
): string {
  const result = detail?.output?.executionResult;
  const isApproval = detail?.input?.actionTypeId?.category === 'Approval';
  const what = isApproval ? 'was rejected, or nobody approved it in seven days' : 'failed';
  const summary = result?.externalExecutionSummary ?? result?.errorDetails?.message;
  return [
    `The action ${action} of the stage ${stage} ${what}: ${pipeline}, run ${execution}.`,
    ...(isApproval && detail?.updatedBy ? [`By ${detail.updatedBy}.`] : []),
    ...(summary ? [summary] : []),
    ...(tail && tail.lines.length > 0 ? ['', 'The end of its log:', '', ...tail.lines] : []),
    ...(tail?.link ? ['', `All of it: ${tail.link}`] : []),
    '',
    'What came before it has happened and stays. Mend the cause and merge, or try the stage again:',
    `aws codepipeline retry-stage-execution --pipeline-name ${pipeline} --stage-name ${stage} --pipeline-execution-id ${execution} --retry-mode FAILED_ACTIONS`,
  ].join('\n');
}
