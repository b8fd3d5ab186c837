import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { type Statement, statements } from './policy';

/** Reads every statement of a role's inline and attached policies. */
export async function roleStatements(iam: IAMClient, RoleName: string): Promise<Statement[]> {
  const [inline, attached] = await Promise.all([
    iam.send(new ListRolePoliciesCommand({ RoleName })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
  ]);
  const documents = await Promise.all([
    ...(inline.PolicyNames ?? []).map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return PolicyDocument;
    }),
    ...(attached.AttachedPolicies ?? []).map(({ PolicyArn }) => managedPolicy(iam, PolicyArn)),
  ]);
  return documents.flatMap(statements);
}

/** Reads the statements of a role's boundary: what its policies allow counts only as far as these do. */
export async function boundaryStatements(iam: IAMClient, RoleName: string): Promise<Statement[] | undefined> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const arn = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  return arn === undefined ? undefined : statements(await managedPolicy(iam, arn));
}

async function managedPolicy(iam: IAMClient, PolicyArn: string | undefined): Promise<string | undefined> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return PolicyVersion?.Document;
}
