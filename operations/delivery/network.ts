import { GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { platformNamesOf } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import { Refusal } from '../terminal/refusal';

/** Where jobs of an environment run, as its platform published it. */
export async function networkOf(
  ssm: Pick<SSMClient, 'send'>,
  platform: Platform,
  environment: string,
): Promise<{ readonly Subnets: string[]; readonly SecurityGroupIds: string[] }> {
  const network = platform.environments[environment]?.network;
  const zones = network ? ('zones' in network ? network.zones : network.subnets).length : 0;
  const { parameters, stack } = platformNamesOf(environment, zones);
  const { Parameters = [], InvalidParameters = [] } = await ssm.send(
    new GetParametersCommand({ Names: [...parameters.subnetIds, parameters.securityGroupId] }),
  );
  if (InvalidParameters.length > 0) {
    throw new Refusal(
      `the platform of ${environment} has not published ${InvalidParameters.join(', ')} · deploy it: npx cdk deploy ${stack}`,
    );
  }
  const value = (name: string) => Parameters.find(({ Name }) => Name === name)?.Value ?? '';
  return {
    Subnets: parameters.subnetIds.map(value),
    SecurityGroupIds: [value(parameters.securityGroupId)],
  };
}
