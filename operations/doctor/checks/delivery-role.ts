import { GetRoleCommand } from '@aws-sdk/client-iam';
import { deliveryNamesOf } from '../../../lib/config/names';
import type { Check } from '../check';
import { cdkCommand, listed } from '../commands';
import { isMissing } from '../denial';
import { platformOf } from '../expected';
import { error, type Observation, ok } from '../finding';
import type { Subject } from '../subject';
import { trustedBy } from '../trust';

/** A role of the platform that roles of the delivery account become. */
interface Entered {
  readonly name: string;
  /** The names of those roles, as a pattern. */
  readonly by: string;
  /** What cannot be done without it. */
  readonly without: string;
}

/** The roles through which delivery acts in an environment, and reads it for an approval. */
export const deliveryRole: Check = {
  name: 'delivery role',
  permission: 'iam:GetRole',
  look: async (subject): Promise<Observation[]> => {
    const platform = platformOf(subject);
    if (!platform) return [];
    const { roles } = deliveryNamesOf({ ...subject.config.platform.delivery, project: '*' });
    const { name } = subject;
    const entered: readonly Entered[] = [
      {
        name: platform.deliveryRole,
        by: roles.build(name),
        without: `delivery can do nothing in ${name}`,
      },
      {
        name: platform.reviewRole,
        by: roles.review,
        without: `no evidence of ${name} can be gathered for an approval`,
      },
    ];
    const looked = await Promise.all(entered.map((role) => lookAt(subject, platform.stack, role)));
    return looked.flat();
  },
};

async function lookAt(
  subject: Subject,
  stack: string,
  { name, by, without }: Entered,
): Promise<Observation[]> {
  const role = await subject.aws.iam.send(new GetRoleCommand({ RoleName: name })).catch((thrown: unknown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
  if (!role) {
    const deployed = (await subject.stacks()).has(stack);
    return [
      error(
        `the role ${name} is not there, so ${without}` +
          (deployed
            ? `; stack ${stack} is, so it was made before the role was, or the role was deleted`
            : ''),
        cdkCommand(subject, `deploy ${stack}${deployed ? ' --revert-drift' : ''}`),
      ),
    ];
  }
  const { account } = subject.config.platform.delivery;
  const { accounts, principals } = trustedBy(role.Role?.AssumeRolePolicyDocument);
  const fix = cdkCommand(subject, `deploy ${stack} --revert-drift`);
  if (!accounts.includes(account)) {
    const found = listed(accounts) || 'nobody';
    return [error(`the role ${name} lets in ${found}, not the delivery account ${account}`, fix)];
  }
  // Of the account itself only the roles that the condition names are let in.
  const roles = principals.filter((principal) => /:(assumed-)?role\//.test(principal));
  if (roles.length === 0 || roles.some((principal) => !principal.includes(`role/${by}`))) {
    const found = listed(roles) || `everybody in ${account}`;
    return [error(`the role ${name} lets in ${found}; only roles named ${by} should become it`, fix)];
  }
  return [ok(`${name} lets the delivery account ${account} in, as ${by}`)];
}
