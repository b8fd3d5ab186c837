import {
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { type UserKey, userKey } from './user-key';

/**
 * Makes a user with the policies of a role that trusts SageMaker, and a key to act with.
 *
 * @param role ARN of the role
 * @throws Error when SageMaker could not assume the role, or it has managed policies, which are not copied
 */
export async function keyOfTwin(iam: IAMClient, role: string): Promise<UserKey> {
  const RoleName = role.split('/').at(-1) ?? role;
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  if (!trust.includes('sagemaker.amazonaws.com')) {
    throw new Error(
      `AccessDenied: SageMaker cannot assume ${role}: its trust policy does not name sagemaker.amazonaws.com`,
    );
  }
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  if (AttachedPolicies.length > 0) {
    const names = AttachedPolicies.map((policy) => policy.PolicyName).join(', ');
    throw new Error(
      `${role} has managed policies (${names}), which the rehearsal does not read; use inline policies`,
    );
  }

  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const policies = await Promise.all(
    PolicyNames.map(async (PolicyName): Promise<[string, string]> => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return [PolicyName, decodeURIComponent(PolicyDocument)];
    }),
  );
  return userKey(iam, `rehearsal-${RoleName}`, new Map(policies));
}
