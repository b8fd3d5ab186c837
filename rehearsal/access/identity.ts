import { GetAccessKeyLastUsedCommand, GetUserCommand, type IAMClient } from '@aws-sdk/client-iam';
import { ROOT } from '../emulator/surroundings';

/**
 * ARN of the identity that an access key belongs to: the root user's, or a user's of IAM.
 *
 * @returns undefined for the key of a session: only who has its secret can ask whose it is
 */
export async function identityOfKey(
  iam: IAMClient,
  key: string,
  account: string,
): Promise<string | undefined> {
  // Twelve digits are the emulator's way to name the root user of an account.
  if (key === ROOT.accessKeyId || /^\d{12}$/.test(key)) return `arn:aws:iam::${account}:root`;
  try {
    const { UserName } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key }));
    const { User } = await iam.send(new GetUserCommand({ UserName }));
    return User?.Arn;
  } catch (error) {
    if (error instanceof Error && /NoSuchEntity/.test(error.name)) return undefined;
    throw error;
  }
}

/** ARN of the session of a role that a function, a pipeline or a program acts as. */
export function identityOfRole(role: string | undefined, caller: string): string | undefined {
  if (!role) return undefined;
  const [, , , , account] = role.split(':');
  // AWS names the session after the function; of the others only the role is known here.
  const session = caller.includes('role:') ? 'session' : caller.replace(/^app\//, '');
  return `arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1)}/${session}`;
}
