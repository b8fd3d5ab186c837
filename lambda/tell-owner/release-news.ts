import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { Dependencies } from './dependencies';
import { inService, modelOf } from './model';
import type { Notice } from './notice';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export interface ReleaseEvent {
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly detail: { readonly executionArn: string; readonly status: string };
}

/** News of the release machine: another version or other settings are in service, or a run ended without success. */
export async function releaseNews(deps: Dependencies, { detail }: ReleaseEvent): Promise<Notice | undefined> {
  const { PROJECT: project, ENVIRONMENT: environment } = deps.settings;
  const { current, sentence } = await inService(deps);
  if (detail.status === 'SUCCEEDED') {
    // A run that found nothing to do, or another at work, succeeds as well: what counts is what is in service.
    if (!current) return undefined;
    const { about } = await modelOf(deps, current.packageArn);
    return {
      key: 'in-service',
      state: current.config,
      subject: `version ${current.version} is in service`,
      lines: [
        `Version ${current.version} of ${project} in ${environment} answers now, with ${current.config}.`,
        '',
        ...about,
      ],
    };
  }
  const run = await deps.states.send(new DescribeExecutionCommand({ executionArn: detail.executionArn }));
  const how = ENDED[detail.status] ?? detail.status;
  return {
    key: `release#${detail.executionArn.split(':').at(-1)}`,
    subject: `a release ${how}`,
    lines: [
      `A release of ${project} in ${environment} ${how}: ${run.cause ?? run.error ?? 'no reason is given'}`,
      '',
      sentence,
      ...(detail.status === 'FAILED' ? [] : ['Another run takes up what this one left.']),
      `The run: ${detail.executionArn}`,
    ],
  };
}

const ENDED: Readonly<Record<string, string>> = {
  FAILED: 'was refused',
  TIMED_OUT: 'took too long and was ended',
  ABORTED: 'was stopped in the middle',
};
