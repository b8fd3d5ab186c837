import type { Emulator } from './emulator';

/**
 * The emulator as the root user of another of its accounts sees it. In the emulator an access key of twelve digits is
 * that account's root, in its IAM mode as well.
 */
export function inAccount(
  emulator: Emulator,
  { account, region }: { readonly account: string; readonly region: string },
): Emulator {
  const credentials = { accessKeyId: account, secretAccessKey: 'test' };
  return {
    ...emulator,
    account,
    region,
    client: { ...emulator.client, region, credentials },
    clientEnvironment: {
      ...emulator.clientEnvironment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  };
}
