import { type CdkSettings, cdk } from './cdk';

/** The policy of the role that CloudFormation creates resources with; `--trust` has it named. */
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';

/**
 * Prepares the account and region for CDK deployments: buckets for assets and the roles that deploy.
 *
 * @param trust another account that may deploy into this one. @default - none
 * @throws CdkFailure
 */
export async function bootstrap(settings: CdkSettings, trust?: string): Promise<void> {
  const { account, region } = settings.emulator;
  settings.say(`bootstrapping ${account}/${region}`);
  const trusted = trust
    ? ['--trust', trust, '--trust-for-lookup', trust, '--cloudformation-execution-policies', ADMINISTRATOR]
    : [];
  const what = trust ? `bootstrap-${account}` : 'bootstrap';
  await cdk(settings, what, ['bootstrap', `aws://${account}/${region}`, ...trusted], () => undefined);
}
