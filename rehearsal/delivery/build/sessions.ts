import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { decide } from '../../access/decide';
import { statements } from '../../access/policy';
import type { Emulator } from '../../emulator/emulator';

/** Credentials of a role, as a service holds them while it acts for somebody. */
export interface Session {
  readonly role: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Gives a service the credentials of a role that trusts it, while it acts for a resource. */
export type TakeRole = (
  role: string,
  service: string,
  session: { readonly name: string; readonly sourceArn: string },
) => Promise<Session>;

/**
 * Takes roles as AWS services do.
 *
 * Whether a role trusts the service, with its conditions, is read from its trust policy here: the emulator has no
 * services that ask. Then the root user takes the role; for that moment alone its trust policy names the root user.
 */
export function sessionsOf(
  emulator: Pick<Emulator, 'client' | 'account'>,
  /** Where sessions are asked for. */
  endpoint: string,
): TakeRole {
  const iam = new IAMClient(emulator.client);
  const sts = new STSClient({ ...emulator.client, endpoint });
  let before: Promise<unknown> = Promise.resolve();

  async function assume(role: string, RoleName: string, trust: string, name: string) {
    const root = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${emulator.account}:root` } };
    const opened = { Version: '2012-10-17', Statement: [{ ...root, Action: 'sts:AssumeRole' }] };
    const trusting = (PolicyDocument: string) =>
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    await trusting(JSON.stringify(opened));
    try {
      return await sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: name }));
    } finally {
      await trusting(trust);
    }
  }

  return async (role, service, { name, sourceArn }) => {
    const RoleName = role.split('/').at(-1) ?? role;
    const taken = before.then(async () => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
      const { allowed, because } = decide(statements(trust), {
        action: 'sts:AssumeRole',
        resource: role,
        service,
        context: { 'aws:SourceAccount': emulator.account, 'aws:SourceArn': sourceArn },
      });
      if (!allowed)
        throw new Error(
          `AccessDenied: ${service} cannot take ${role}, because of its trust policy: ${because}`,
        );
      return assume(role, RoleName, trust, name.slice(0, 64));
    });
    // One after the other: two would undo each other's change of the trust policy.
    before = taken.catch(() => undefined);
    const { AccessKeyId, SecretAccessKey, SessionToken } = (await taken).Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken)
      throw new Error(`the emulator gave no credentials of ${role}`);
    return { role, accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
}
