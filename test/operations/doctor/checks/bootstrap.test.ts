import { App, Stack } from 'aws-cdk-lib';
import { BOOTSTRAP_VERSION, bootstrap, bootstrapTrust } from '../../../../operations/doctor/checks/bootstrap';
import { refused } from '../../../fixtures/answers/recorded';
import { recordedSubject } from '../subject';

const version = (Value: string) => ({ Parameter: { Value } });

/** The trust policy of a bootstrapped role, as IAM answers it. */
const trust = (...accounts: string[]) => ({
  Role: {
    AssumeRolePolicyDocument: encodeURIComponent(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: accounts.map((account) => ({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'sts:AssumeRole',
        })),
      }),
    ),
  },
});

test('the version asked for is the one that this CDK library asks for', () => {
  const app = new App();
  new Stack(app, 'any', { env: { account: '111122223333', region: 'eu-west-1' } });
  const [artifact] = app.synth().stacks;
  expect(artifact?.requiresBootstrapStackVersion).toBe(BOOTSTRAP_VERSION);
});

describe('bootstrap', () => {
  test('is as it should be at the version needed', async () => {
    const subject = recordedSubject({ GetParameter: version(String(BOOTSTRAP_VERSION)) });
    expect(await bootstrap.look(subject)).toMatchObject([{ level: 'ok' }]);
  });

  test('is an error where it never happened, with the whole command, its profile included', async () => {
    const subject = recordedSubject({ GetParameter: refused('ParameterNotFound') }, { profile: 'mlops-dev' });
    expect(await bootstrap.look(subject)).toEqual([
      {
        level: 'error',
        what: 'CDK is not bootstrapped here, so nothing can be deployed',
        fix: 'npx cdk bootstrap aws://111122223333/eu-west-1 --profile mlops-dev',
      },
    ]);
  });

  test('trusts nobody else in the account that delivers itself', async () => {
    const subject = recordedSubject({ GetParameter: refused('ParameterNotFound') }, { name: 'delivery' });
    expect(await bootstrap.look(subject)).toMatchObject([
      { fix: 'npx cdk bootstrap aws://000011112222/eu-west-1' },
    ]);
  });

  test('is an error where it is too old', async () => {
    const subject = recordedSubject({ GetParameter: version('5') });
    expect(await bootstrap.look(subject)).toMatchObject([
      { level: 'error', what: "CDK's bootstrap is version 5, and 6 or newer is needed" },
    ]);
  });
});

describe('bootstrap trust', () => {
  const look = (answer: object | Error) =>
    bootstrapTrust.look(recordedSubject({ GetParameter: version('33'), GetRole: answer }));

  test.each([[['111122223333']], [['111122223333', '000011112222']]])(
    'is in order for %j',
    async (accounts) => {
      expect(await look(trust(...accounts))).toMatchObject([{ level: 'ok' }]);
    },
  );

  test('is an error where the role does not let its own account in, through which delivery comes', async () => {
    const [seen] = await look(trust('000011112222'));
    expect(seen).toMatchObject({
      level: 'error',
      what: expect.stringContaining('trusts 000011112222, not its own'),
    });
  });

  test('is a warning where another account may deploy here, with the command that ends it', async () => {
    const [seen] = await look(trust('111122223333', '999988887777'));
    expect(seen).toMatchObject({
      level: 'warning',
      what: expect.stringContaining('trusts 999988887777 too'),
    });
    expect(seen?.fix).toMatch(/ --untrust 999988887777$/);
  });

  test('is an error where the role was deleted', async () => {
    const [seen] = await look(refused('NoSuchEntity'));
    expect(seen).toMatchObject({ level: 'error', what: expect.stringContaining('is gone') });
  });

  test('says nothing where there is no bootstrap at all', async () => {
    const subject = recordedSubject({ GetParameter: refused('ParameterNotFound') });
    expect(await bootstrapTrust.look(subject)).toEqual([]);
  });
});
