import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { type Names, namesOf, platformNamesOf } from '../../lib/config/names';
import type { ProjectEnvironment } from '../../lib/config/project';
import { accessTo, type ClientConfig } from '../aws/credentials';
import { Refusal } from '../terminal/refusal';
import type { Delivery } from './delivery';

/** An environment of the project, and the right to act there. */
export interface DeliveredEnvironment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly settings: ProjectEnvironment;
  readonly names: Names;

  /** For the constructor of a client; the credentials renew themselves. */
  readonly config: ClientConfig;
}

/**
 * The environment with credentials for it: those of the role that the run may become there, or at a terminal those of the person.
 *
 * @param sts a client with the credentials of whoever delivers
 * @throws Refusal when the project does not run there, or nobody may act there
 */
export async function environmentOf(
  { platform, project, run }: Delivery,
  name: string,
  sts: Pick<STSClient, 'send'>,
): Promise<DeliveredEnvironment> {
  const place = platform.environments[name];
  const settings = project.environments[name];
  if (!place || !settings) {
    const known = Object.keys(project.environments).join(', ');
    throw new Refusal(`${project.name} does not run in ${name} · allowed: ${known}`);
  }
  const { account, region } = place;
  const names = namesOf({ project: project.name, environment: name, account, region });
  const found = { name, account, region, settings, names };
  if (!run.roleArn) {
    const { config } = await accessTo({ name, account, region });
    return { ...found, config };
  }
  const credentials = sessionsOf(sts, {
    roleArn: run.roleArn,
    session: `${project.name}-${run.commit.slice(0, 8)}`.replaceAll(/[^\w+=,.@-]/g, '-'),
    environment: name,
  });
  // At once, so that a missing role is the first thing that is said and not the twentieth.
  await credentials();
  return { ...found, config: { region, credentials } };
}

/** Renewed this long before they end, in milliseconds, as the SDK does. */
const EARLY_MS = 5 * 60_000;

/**
 * Sessions of that role. One that was assumed from another role ends after an hour, and a training takes longer.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
 */
function sessionsOf(
  sts: Pick<STSClient, 'send'>,
  { roleArn, session, environment }: { roleArn: string; session: string; environment: string },
) {
  let current:
    | { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date }
    | undefined;
  return async () => {
    if (current && current.expiration.getTime() - EARLY_MS > Date.now()) return current;
    try {
      const { Credentials } = await sts.send(
        new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session }),
      );
      current = {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
        expiration: Credentials?.Expiration ?? new Date(),
      };
      return current;
    } catch (error) {
      if (!(error instanceof Error && error.name.includes('AccessDenied'))) throw error;
      const { stack } = platformNamesOf(environment, 0);
      throw new Refusal(
        `delivery may not act in ${environment}: the role ${roleArn} is not there, or does not trust this pipeline's · ` +
          `it is made by the platform: npx cdk deploy ${stack} with credentials of account ${roleArn.split(':')[4]}, then try the stage again (${error.message})`,
      );
    }
  };
}
