import type { Announcement } from '../../courier/event';
import type { ActionExecution, Execution, Status } from './execution';

const STATES: Readonly<Record<Status, string>> = {
  InProgress: 'STARTED',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Cancelled: 'CANCELED',
};

/** The ARN of a pipeline, which its events are about. */
export const pipelineArn = (place: { readonly account: string; readonly region: string }, name: string) =>
  `arn:aws:codepipeline:${place.region}:${place.account}:${name}`;

/**
 * `CodePipeline Pipeline Execution State Change`.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
export function executionEvent(execution: Execution, arn: string, state?: string): Announcement {
  return {
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Pipeline Execution State Change',
    resources: [arn],
    detail: {
      ...common(execution),
      state: state ?? STATES[execution.status],
      'execution-trigger': { 'trigger-type': 'WebhookV2', 'trigger-detail': execution.revision.commit },
    },
  };
}

/** `CodePipeline Stage Execution State Change`. */
export function stageEvent(execution: Execution, stage: string, state: string, arn: string): Announcement {
  return {
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Stage Execution State Change',
    resources: [arn],
    detail: { ...common(execution), stage, state },
  };
}

/** `CodePipeline Action Execution State Change`. */
export function actionEvent(execution: Execution, done: ActionExecution, arn: string): Announcement {
  const { action, status, external, summary } = done;
  const result = {
    ...(external && { 'external-execution-id': external }),
    ...(summary && { 'external-execution-summary': summary }),
    ...(status === 'Failed' && { 'error-code': 'JobFailed' }),
  };
  return {
    source: 'aws.codepipeline',
    'detail-type': 'CodePipeline Action Execution State Change',
    resources: [arn],
    detail: {
      ...common(execution),
      stage: done.stage,
      action: action.name,
      'action-execution-id': done.id,
      state: STATES[status],
      region: arn.split(':')[3],
      type: { owner: 'AWS', provider: action.provider, category: action.category, version: '1' },
      ...(status !== 'InProgress' && { 'execution-result': result }),
    },
  };
}

const common = ({ id, definition, started }: Execution) => ({
  pipeline: definition.name,
  'execution-id': id,
  version: definition.version,
  'start-time': started.toISOString(),
});
