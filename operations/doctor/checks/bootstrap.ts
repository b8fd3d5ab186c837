import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Check } from '../check';
import { cdkCommand, listed } from '../commands';
import { isMissing } from '../denial';
import { error, type Observation, ok, warning } from '../finding';
import type { Subject } from '../subject';
import { trustedBy } from '../trust';

/**
 * The bootstrap version that the templates of this library ask for; deployments of an older one are refused.
 * https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export const BOOTSTRAP_VERSION = 6;

const QUALIFIER = 'hnb659fds';

/** What CDK needs in the account and region before it can deploy anything. */
export const bootstrap: Check = {
  name: 'bootstrap',
  permission: 'ssm:GetParameter',
  look: async (subject): Promise<Observation[]> => {
    const version = await versionOf(subject);
    if (version === undefined) {
      return [error('CDK is not bootstrapped here, so nothing can be deployed', bootstrapCommand(subject))];
    }
    if (version < BOOTSTRAP_VERSION) {
      return [
        error(
          `CDK's bootstrap is version ${version}, and ${BOOTSTRAP_VERSION} or newer is needed`,
          bootstrapCommand(subject),
        ),
      ];
    }
    return [ok(`CDK's bootstrap is version ${version}`)];
  },
};

/**
 * Whom the role that deploys lets in. It needs to let its own account in, nobody else: delivery comes through
 * its role in the environment. The delivery account may be trusted as well; any other account could deploy
 * here unasked.
 */
export const bootstrapTrust: Check = {
  name: 'bootstrap trust',
  permission: 'iam:GetRole',
  look: async (subject): Promise<Observation[]> => {
    const { aws, account, region, config } = subject;
    if ((await versionOf(subject)) === undefined) return [];
    const RoleName = `cdk-${QUALIFIER}-deploy-role-${account}-${region}`;
    const role = await aws.iam.send(new GetRoleCommand({ RoleName })).catch((thrown: unknown) => {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    });
    if (!role) {
      return [error(`the role ${RoleName} of CDK's bootstrap is gone`, bootstrapCommand(subject))];
    }
    const { accounts } = trustedBy(role.Role?.AssumeRolePolicyDocument);
    if (!accounts.includes(account)) {
      const others = listed(accounts) || 'nobody';
      return [
        error(
          `CDK's bootstrap trusts ${others}, not its own account ${account}, through which delivery comes`,
          bootstrapCommand(subject),
        ),
      ];
    }
    const known = new Set([account, config.platform.delivery.account]);
    const strangers = accounts.filter((id) => !known.has(id));
    if (strangers.length === 0) return [ok(`CDK's bootstrap trusts ${listed(accounts)}`)];
    return [
      warning(
        `CDK's bootstrap trusts ${listed(strangers)} too, so whoever may assume roles there may deploy here`,
        bootstrapCommand(subject, ` --untrust ${strangers.join(',')}`),
      ),
    ];
  },
};

async function versionOf({ aws }: Subject): Promise<number | undefined> {
  try {
    const { Parameter } = await aws.ssm.send(
      new GetParameterCommand({ Name: `/cdk-bootstrap/${QUALIFIER}/version` }),
    );
    return Number(Parameter?.Value ?? 0);
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/**
 * The command that bootstraps an account and region. It trusts no other account: whoever deploys by hand has credentials
 * of this one, and delivery comes through its role here.
 *
 * @param more options that come on top
 */
function bootstrapCommand(subject: Pick<Subject, 'account' | 'region' | 'profile'>, more = ''): string {
  return cdkCommand(subject, `bootstrap aws://${subject.account}/${subject.region}${more}`);
}
