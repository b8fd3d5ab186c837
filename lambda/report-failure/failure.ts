import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  ListActionExecutionsCommand,
} from '@aws-sdk/client-codepipeline';

/** What an event of a failed action names. Everything else is asked for: an event is a hint. */
export interface FailedAction {
  readonly execution: string;
  readonly stage: string;
  readonly action: string;
}

/** @throws when the event is none of a failed action, which is a mistake of its rule */
export function failedActionIn(event: unknown): FailedAction {
  const { detail } = (event ?? {}) as { detail?: Record<string, unknown> };
  const part = (key: string): string => {
    const value = detail?.[key];
    if (typeof value === 'string' && value) return value;
    throw new Error(`the event names no ${key}: it must be an action's state change of CodePipeline`);
  };
  return { execution: part('execution-id'), stage: part('stage'), action: part('action') };
}

/** The newest failure of the action in that run; undefined while CodePipeline does not list it yet. */
export async function describe(
  codepipeline: CodePipelineClient,
  pipelineName: string,
  { execution, stage, action }: FailedAction,
): Promise<ActionExecutionDetail | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await codepipeline.send(
      new ListActionExecutionsCommand({
        pipelineName,
        filter: { pipelineExecutionId: execution },
        ...(nextToken && { nextToken }),
      }),
    );
    // Newest first; a stage that is tried again lists its actions once more.
    const found = page.actionExecutionDetails?.find(
      (each) => each.stageName === stage && each.actionName === action && each.status === 'Failed',
    );
    if (found) return found;
    nextToken = page.nextToken;
  } while (nextToken);
  return undefined;
}
