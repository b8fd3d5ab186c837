import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';

const NAME = 'rehearsal-consumer';

/**
 * Makes an identity of the account that may call the API's two methods and nothing else: an allowed consumer.
 *
 * A user, because its key has two parts that fit any tool; in AWS consumers are roles.
 */
export async function consumerKey(
  iam: IAMClient,
  api: { readonly account: string; readonly region: string; readonly id: string },
): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  await iam.send(new CreateUserCommand({ UserName: NAME }));
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/live/POST/v1/*`,
      },
    ],
  };
  await iam.send(
    new PutUserPolicyCommand({
      UserName: NAME,
      PolicyName: 'call-the-api',
      PolicyDocument: JSON.stringify(policy),
    }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: NAME }));
  if (!AccessKey?.AccessKeyId || !AccessKey.SecretAccessKey)
    throw new Error(`the emulator gave ${NAME} no access key`);
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}
