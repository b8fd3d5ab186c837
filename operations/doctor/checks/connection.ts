import { GetConnectionCommand } from '@aws-sdk/client-codestar-connections';
import type { Check } from '../check';
import { isMissing } from '../denial';
import { error, type Observation, ok } from '../finding';
import type { Subject } from '../subject';

/** The connection to where the repository is; a person has to shake hands once, in the console. */
export const connection: Check = {
  name: 'connection',
  permission: 'codestar-connections:GetConnection',
  look: async (subject): Promise<Observation[]> => {
    const { connection: ConnectionArn, repository } = subject.config.platform.delivery;
    const found = await subject.aws.connections
      .send(new GetConnectionCommand({ ConnectionArn }))
      .catch((thrown: unknown) => {
        if (isMissing(thrown)) return undefined;
        throw thrown;
      });
    if (!found?.Connection) {
      return [
        error(
          `there is no connection ${ConnectionArn} in ${subject.account}, so no merge is ever noticed`,
          `make one at ${consoleOf(subject)} and write its ARN into delivery.connection of platform.yaml`,
        ),
      ];
    }
    const { ConnectionName: name, ConnectionStatus: status, ProviderType: provider } = found.Connection;
    if (status === 'AVAILABLE') return [ok(`connection ${name} to ${provider} is available`)];
    return [
      error(
        status === 'PENDING'
          ? `connection ${name} waits for the handshake with ${provider}, so it cannot read ${repository} yet`
          : `connection ${name} to ${provider} is in state ${status}`,
        `open ${consoleOf(subject)}, choose ${name} and "Update pending connection"; it cannot be done by command`,
      ),
    ];
  },
};

const consoleOf = ({ region }: Subject): string =>
  `https://${region}.console.aws.amazon.com/codesuite/settings/connections?region=${region}`;
