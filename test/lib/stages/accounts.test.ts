import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { testOrganisation } from '../../fixtures/organisation';
import { namedTwice } from '../../fixtures/physical-names';
import { PLATFORM_YAML } from '../../fixtures/project';
import { resourcesOf } from '../../fixtures/resources';

const DEV_ONLY_PROJECT = `kind: email-classification@1
owner: mail@example.com
fields: [subject]
targets: [topic]
gate: { macro_f1: { topic: 0.8 } }
environments: { dev: { data: sample/, learner: linear } }
`;

/** Builds an organisation, looks at it, and removes it. */
function organisation(platform: string, look: (assembly: CloudAssembly) => void, project?: string): void {
  const built = testOrganisation(({ write }) => {
    write('platform.yaml', platform);
    if (project) write('mail/project.yaml', project);
  });
  try {
    look(built.app.synth());
  } finally {
    built.remove();
  }
}

const places = (assembly: CloudAssembly) =>
  new Set(assembly.stacks.map(({ environment }) => environment.account));

test('dev only is a whole organisation', () => {
  const devOnly = PLATFORM_YAML.replace(/^ {2}prod:.*\n/m, '');

  organisation(
    devOnly,
    (assembly) =>
      expect(assembly.stacks.map(({ stackName }) => stackName).sort()).toEqual([
        'dev-platform',
        'mail-delivery',
        'mail-dev-monitoring',
        'mail-dev-serving',
        'mail-dev-storage',
        'mail-dev-training',
      ]),
    DEV_ONLY_PROJECT,
  );
});

test('a project that runs in dev only leaves nothing in prod', () => {
  organisation(
    PLATFORM_YAML,
    (assembly) =>
      expect(assembly.stacks.filter(({ stackName }) => stackName.startsWith('mail-prod'))).toEqual([]),
    DEV_ONLY_PROJECT,
  );
});

describe('one account for delivery and all environments', () => {
  const one = PLATFORM_YAML.replaceAll('000011112222', '111122223333').replaceAll(
    '444455556666',
    '111122223333',
  );

  test('no two resources have one name', () => {
    organisation(one, (assembly) => {
      expect(places(assembly)).toEqual(new Set(['111122223333']));
      expect(namedTwice(resourcesOf(assembly))).toEqual([]);
    });
  });

  test('API Gateway has one log role there, and whoever relies on it comes after it', () => {
    organisation(one, (assembly) => {
      const owners = resourcesOf(assembly).filter(({ type }) => type === 'AWS::ApiGateway::Account');

      expect(owners.map(({ stack }) => stack)).toEqual(['dev-platform']);
      expect(assembly.getStackByName('prod-platform').dependencies.map(({ id }) => id)).toContain(
        'dev-platform',
      );
    });
  });

  test('each environment trusts the account that it lies in itself, by the names of the roles that deliver', () => {
    organisation(one, (assembly) => {
      for (const name of ['dev', 'prod']) {
        const role = resourcesOf(assembly).find(
          ({ properties }) => properties.RoleName === `mlops-${name}-delivery`,
        );
        expect(role?.properties.AssumeRolePolicyDocument.Statement).toEqual([
          expect.objectContaining({
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Condition: {
              ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::111122223333:role/*-delivery-build-${name}` },
            },
          }),
        ]);
      }
    });
  });
});

test('two regions of one account have a log role each', () => {
  const regions = PLATFORM_YAML.replace(
    'prod: { account: "444455556666", region: eu-west-1, network: { zones: [eu-west-1a, eu-west-1b] }',
    'prod: { account: "111122223333", region: eu-central-1, network: { zones: [eu-central-1a, eu-central-1b] }',
  );

  organisation(regions, (assembly) => {
    const found = resourcesOf(assembly);
    expect(found.filter(({ type }) => type === 'AWS::ApiGateway::Account')).toHaveLength(2);
    expect(namedTwice(found)).toEqual([]);
  });
});
