import { GetRolePolicyCommand, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { list, type Statement } from '../../../rehearsal/access/policy';
import type { Stage } from '../../../rehearsal/stage';

/**
 * Takes an action out of a role's inline policies, does something, and puts the policies back.
 *
 * @throws when no policy of the role has the action, since nothing would be tried then
 */
export async function withoutAction<T>(
  stage: Stage,
  role: string,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  const { iam } = stage.aws;
  const put = async (PolicyName: string, PolicyDocument: string) => {
    await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName, PolicyDocument }));
    stage.forgetPermissions();
  };
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
  const policies = await Promise.all(
    PolicyNames.map(async (name) => {
      const reply = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
      return { name, document: decodeURIComponent(reply.PolicyDocument ?? '') };
    }),
  );
  const holding = policies.filter(({ document }) => document.includes(`"${action}"`));
  if (holding.length === 0) throw new Error(`no policy of ${role} has ${action}`);
  try {
    for (const { name, document } of holding) await put(name, without(document, action));
    return await work();
  } finally {
    for (const { name, document } of holding) await put(name, document);
  }
}

function without(document: string, action: string): string {
  const policy = JSON.parse(document) as { Statement: Statement | Statement[] };
  const kept = list(policy.Statement).flatMap((statement) => {
    const actions = list(statement.Action).filter((each) => each !== action);
    return actions.length > 0 ? [{ ...statement, Action: actions }] : [];
  });
  return JSON.stringify({ ...policy, Statement: kept });
}
