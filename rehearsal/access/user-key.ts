import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';

/** A key that any AWS client can sign with. */
export interface UserKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Makes a user of the account who may do what the given policies allow, and nothing else.
 *
 * A user, because its key has two parts and no end, and the emulator verifies its signatures.
 *
 * @param policies policy documents as JSON text, by name
 */
export async function userKey(
  iam: IAMClient,
  UserName: string,
  policies: ReadonlyMap<string, string>,
): Promise<UserKey> {
  await iam.send(new CreateUserCommand({ UserName }));
  await Promise.all(
    [...policies].map(([PolicyName, PolicyDocument]) =>
      iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
    ),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
  if (!accessKeyId || !secretAccessKey) throw new Error(`the emulator gave ${UserName} no access key`);
  return { accessKeyId, secretAccessKey };
}
