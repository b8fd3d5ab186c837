import { type CdkSettings, cdk } from './cdk';

/**
 * Prepares the account and region for CDK deployments: buckets for assets and the roles that deploy.
 *
 * @throws CdkFailure
 */
export async function bootstrap(settings: CdkSettings): Promise<void> {
  const { account, region } = settings.emulator;
  settings.say(`bootstrapping ${account}/${region}`);
  await cdk(settings, 'bootstrap', ['bootstrap', `aws://${account}/${region}`], () => undefined);
}
