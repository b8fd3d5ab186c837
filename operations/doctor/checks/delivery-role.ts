import { GetRoleCommand } from '@aws-sdk/client-iam';
import type { Check } from '../check';
import { cdkCommand, listed } from '../commands';
import { isMissing } from '../denial';
import { platformOf } from '../expected';
import { error, type Observation, ok } from '../finding';
import { trustedBy } from '../trust';

/** The role through which delivery acts in an environment. */
export const deliveryRole: Check = {
  name: 'delivery role',
  permission: 'iam:GetRole',
  look: async (subject): Promise<Observation[]> => {
    const platform = platformOf(subject);
    if (!platform) return [];
    const { stack, deliveryRole: RoleName } = platform;
    const role = await subject.aws.iam.send(new GetRoleCommand({ RoleName })).catch((thrown: unknown) => {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    });
    if (!role) {
      const deployed = (await subject.stacks()).has(stack);
      return [
        error(
          `the role ${RoleName} is not there, so delivery can do nothing in ${subject.name}` +
            (deployed
              ? `; stack ${stack} is, so it was made before the role was, or the role was deleted`
              : ''),
          cdkCommand(subject, `deploy ${stack}${deployed ? ' --revert-drift' : ''}`),
        ),
      ];
    }
    const { account } = subject.config.platform.delivery;
    const { accounts } = trustedBy(role.Role?.AssumeRolePolicyDocument);
    if (accounts.includes(account)) return [ok(`${RoleName} lets the delivery account ${account} in`)];
    return [
      error(
        `the role ${RoleName} lets in ${listed(accounts) || 'nobody'}, not the delivery account ${account}`,
        cdkCommand(subject, `deploy ${stack} --revert-drift`),
      ),
    ];
  },
};
