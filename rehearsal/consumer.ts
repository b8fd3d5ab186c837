import type { IAMClient } from '@aws-sdk/client-iam';
import { type UserKey, userKey } from './access/user-key';

/** Key of an allowed consumer: an identity of the account that may call the API's methods; in AWS consumers are roles. */
export function consumerKey(
  iam: IAMClient,
  api: { readonly account: string; readonly region: string; readonly id: string },
): Promise<UserKey> {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: ['POST', 'GET'].map(
          (verb) => `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/live/${verb}/v1/*`,
        ),
      },
    ],
  };
  return userKey(iam, 'rehearsal-consumer', new Map([['call-the-api', JSON.stringify(policy)]]));
}
