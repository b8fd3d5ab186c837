import { type CodePipelineClient, paginateListActionExecutions } from '@aws-sdk/client-codepipeline';
import { isAuthor } from '../../lambda/release-model/author';
import { deliveryNamesOf } from '../../lib/config/names';
import { sessionNameOf } from '../aws/credentials';
import { Refusal } from '../terminal/refusal';
import type { Delivery } from './delivery';

/**
 * Refuses to go on where the commit's author approved it.
 *
 * CodePipeline lets everybody approve who may approve at all, so this is looked at afterwards, before anything changes:
 * who approved is the name of the session (of AWS IAM Identity Center: the user's name) or of the IAM user.
 *
 * @param codepipeline a client in the delivery account
 * @throws Refusal when the author approved, when nobody can be found who did, or when the author is not known
 */
export async function requireAnotherApprover(
  codepipeline: CodePipelineClient,
  { platform, project, run, say }: Delivery,
  environment: string,
): Promise<void> {
  if (platform.environments[environment]?.approval.stacks !== 'person') return;
  if (!run.execution) {
    say('at a terminal: whoever may deploy here deploys, no approval is looked at');
    return;
  }
  const names = deliveryNamesOf({ ...platform.delivery, project: project.name });
  const approver = await approverOf(codepipeline, names.pipeline, run.execution, names.approval(environment));
  if (!approver) {
    throw new Refusal(
      `nobody can be found who approved ${environment} in run ${run.execution} of ${names.pipeline} · allowed: a person other than the author · approve the stage ${names.approval(environment).stage}, then try again`,
    );
  }
  const name = sessionNameOf(approver);
  if (!run.author) {
    throw new Refusal(
      `${name} approved ${environment}, and the source does not say who wrote commit ${run.commit}, so they cannot be told apart · allowed: a source that gives the author's e-mail (AuthorEmail) · mend the connection, or set approval.stacks to none for ${environment} in platform.yaml`,
    );
  }
  if (isAuthor(approver, run.author)) {
    throw new Refusal(
      `${name} approved a commit of their own (${run.commit}) for ${environment} · allowed: anybody else who may approve · start a run anew and let another person approve: aws codepipeline start-pipeline-execution --name ${names.pipeline}`,
    );
  }
  say(`approved by ${name}, written by ${run.author}`);
}

/** ARN of whoever approved; the newest where the stage was tried again. */
async function approverOf(
  client: CodePipelineClient,
  pipelineName: string,
  pipelineExecutionId: string,
  { stage, action }: { readonly stage: string; readonly action: string },
): Promise<string | undefined> {
  const pages = paginateListActionExecutions({ client }, { pipelineName, filter: { pipelineExecutionId } });
  // Newest first.
  for await (const { actionExecutionDetails } of pages) {
    const approved = actionExecutionDetails?.find(
      (each) => each.stageName === stage && each.actionName === action && each.status === 'Succeeded',
    );
    if (approved) return approved.updatedBy;
  }
  return undefined;
}
