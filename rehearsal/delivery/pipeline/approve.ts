import type { CodePipeline } from './code-pipeline';

/** Who answers in place of a person: an identity of its own, which is no commit's author. */
const APPROVER = 'rehearsal-approver';

const LOOK_MS = 100;

/**
 * Approves in place of a person whatever waits, until the run has ended.
 *
 * @param told what whoever approves reads
 */
export async function approveWaiting(
  pipelines: CodePipeline,
  pipeline: string,
  account: string,
  ended: Promise<unknown>,
): Promise<void> {
  let over = false;
  const stop = () => {
    over = true;
  };
  ended.then(stop, stop);
  while (!over) {
    for (const execution of pipelines.executions(pipeline)) {
      for (const { token } of execution.actions) {
        if (!token) continue;
        pipelines.approvals.answer(token, {
          approved: true,
          summary: 'approved by the rehearsal in place of a person',
          by: `arn:aws:iam::${account}:user/${APPROVER}`,
        });
      }
    }
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
}
