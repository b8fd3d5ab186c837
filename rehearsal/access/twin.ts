import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';

/**
 * Makes a user with the policies of a role that trusts SageMaker, and a key to act with.
 *
 * @param role ARN of the role
 * @throws Error when SageMaker could not assume the role, or it has managed policies, which are not copied
 */
export async function keyOfTwin(
  iam: IAMClient,
  role: string,
): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
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

  const UserName = `rehearsal-${RoleName}`;
  await iam.send(new CreateUserCommand({ UserName }));
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(
        new PutUserPolicyCommand({
          UserName,
          PolicyName,
          PolicyDocument: decodeURIComponent(PolicyDocument),
        }),
      );
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
  if (!accessKeyId || !secretAccessKey) throw new Error(`the emulator gave ${UserName} no access key`);
  return { accessKeyId, secretAccessKey };
}
