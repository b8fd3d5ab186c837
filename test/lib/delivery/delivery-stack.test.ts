import { Match } from 'aws-cdk-lib/assertions';
import { STEPS } from '../../../operations/delivery/steps';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

const APPROVED = PLATFORM_YAML.replace(
  /(prod: .*) \}$/m,
  '$1, approval: { stacks: person, model: person } }',
);

const organisation = testOrganisation((projects) => projects.write('platform.yaml', APPROVED));
const template = organisation.template('mail-delivery');
afterAll(() => organisation.remove());

interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly Namespace?: string;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Readonly<Record<string, string>>;
}

function pipelineOf(from: typeof template) {
  const [{ Properties }] = Object.values(from.findResources('AWS::CodePipeline::Pipeline')) as [
    { Properties: { Stages: { Name: string; Actions: Action[] }[] } },
  ];
  return Properties.Stages.map(({ Name, Actions }) => ({ name: Name, actions: Actions }));
}

const action = (stage: string, name: string): Action => {
  const found = pipelineOf(template)
    .find((each) => each.name === stage)
    ?.actions.find(({ Name }) => Name === name);
  if (!found) throw new Error(`no action ${name} in ${stage}`);
  return found;
};

const variables = ({ Configuration }: Action): Record<string, string> =>
  Object.fromEntries(
    JSON.parse(Configuration.EnvironmentVariables ?? '[]').map(
      ({ name, value }: { name: string; value: string }) => [name, value],
    ),
  );

test('a merge goes through check, image and dev, and after an approval through prod', () => {
  expect(pipelineOf(template).map(({ name, actions }) => [name, actions.map(({ Name }) => Name)])).toEqual([
    ['Source', ['Source']],
    ['Update', ['Update']],
    ['Check', ['Check']],
    ['Image', ['Image']],
    ['Dev', ['Deploy', 'Train']],
    ['ProdApproval', ['Evidence', 'Approval']],
    ['Prod', ['Deploy', 'Train']],
  ]);
});

test('without approvals nobody is asked, and no evidence is gathered', () => {
  const plain = testOrganisation();
  const stages = pipelineOf(plain.template('mail-delivery')).map(({ name }) => name);
  plain.remove();

  expect(stages).toEqual(['Source', 'Update', 'Check', 'Image', 'Dev', 'Prod']);
});

test('a merge while a run is going on queues', () => {
  template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Name: 'mail-delivery',
    PipelineType: 'V2',
    ExecutionMode: 'QUEUED',
  });
});

test('a commit that changes the pipeline runs through what it changed', () => {
  template.hasResourceProperties('AWS::CodePipeline::Pipeline', { RestartExecutionOnUpdate: true });
});

test('a push to the branch starts it where it touches a path, and nothing else does', () => {
  template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Triggers: [
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: {
          SourceActionName: 'Source',
          Push: [
            {
              Branches: { Includes: ['main'] },
              FilePaths: { Includes: Match.arrayWith(['projects/platform.yaml']), Excludes: Match.absent() },
            },
          ],
        },
      },
    ],
  });
  expect(action('Source', 'Source').Configuration).toMatchObject({
    FullRepositoryId: 'example/mlops',
    BranchName: 'main',
    DetectChanges: 'false',
  });
});

test('an action knows commit, author, run, environment and the role to act with', () => {
  expect(variables(action('Prod', 'Deploy'))).toEqual({
    COMMIT: '#{Source.CommitId}',
    AUTHOR: '#{Source.AuthorEmail}',
    EXECUTION: '#{codepipeline.PipelineExecutionId}',
    ENVIRONMENT: 'prod',
    DELIVERY_ROLE_ARN: 'arn:aws:iam::444455556666:role/mlops-prod-delivery',
  });
  expect(variables(action('ProdApproval', 'Evidence'))).toMatchObject({
    ENVIRONMENT: 'prod',
    DELIVERY_ROLE_ARN: 'arn:aws:iam::444455556666:role/mlops-prod-review',
  });
  expect(Object.keys(variables(action('Check', 'Check')))).not.toContain('DELIVERY_ROLE_ARN');
});

test('who approves reads the commit, its author and the evidence', () => {
  expect(action('ProdApproval', 'Evidence').Namespace).toBe('ProdEvidence');
  expect(action('ProdApproval', 'Approval')).toMatchObject({
    RunOrder: 2,
    Configuration: {
      CustomData: expect.stringMatching(
        /#\{Source\.CommitId\}.*#\{Source\.AuthorEmail\}.*#\{ProdEvidence\.SUMMARY\}/,
      ),
      ExternalEntityLink: expect.stringMatching(
        /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/.*mail-delivery-evidence/,
      ),
    },
  });
});

const projects = Object.values(template.findResources('AWS::CodeBuild::Project')).map(
  ({ Properties }) => Properties,
);

const specOf = (name: string) =>
  JSON.parse(projects.find(({ Name }) => Name === `mail-delivery-${name}`)?.Source.BuildSpec);

test('only the step that builds images is privileged', () => {
  expect(projects.filter(({ Environment }) => Environment.PrivilegedMode).map(({ Name }) => Name)).toEqual([
    'mail-delivery-image',
  ]);
});

test('every step of a build is one that the command line knows', () => {
  const asked = projects
    .flatMap(({ Source }) => JSON.parse(Source.BuildSpec).phases.build.commands)
    .flatMap((command: string) => [...command.matchAll(/deliver -- (\w+)/g)].map(([, step]) => step));

  expect([...new Set(asked)].sort()).toEqual(['deploy', 'evidence', 'image', 'train']);
  for (const step of asked) expect(STEPS).toContain(step);
});

test('the check hands on source and templates, without what npm brought', () => {
  expect(specOf('check').artifacts).toEqual({
    files: ['**/*'],
    'exclude-paths': expect.arrayContaining(['node_modules/**/*']),
  });
  expect(specOf('deploy-prod').artifacts).toBeUndefined();
});

test('the evidence exports its summary, and fails where it cannot be gathered', () => {
  expect(specOf('evidence').env['exported-variables']).toEqual(['SUMMARY']);
  // `export SUMMARY="$(false)"` would be a success of export.
  expect(specOf('evidence').phases.build.commands[0]).toMatch(/^SUMMARY="\$\(.*\)" && export SUMMARY/);
});

test('what a build waits for is not cut off by its own limit', () => {
  const minutes = (step: string) =>
    projects.find(({ Name }) => Name === `mail-delivery-${step}`)?.TimeoutInMinutes;

  // One hour of training, and what comes before and after.
  expect(minutes('train-prod')).toBe(60 + 300);
});

test('logs are kept for a time, and every build writes to its own', () => {
  for (const { Name } of projects) {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: `/aws/codebuild/${Name}`,
      RetentionInDays: 180,
    });
  }
});

describe('images', () => {
  const [repository] = Object.values(template.findResources('AWS::ECR::Repository'));

  test('a tag never changes its content, is scanned, and outlives the stack', () => {
    expect(repository).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        RepositoryName: 'mail',
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
      },
    });
  });

  test.each([
    ['dev', '111122223333'],
    ['prod', '444455556666'],
  ])('roles of the project in %s pull them, and nobody else', (environment, account) => {
    const statements = repository?.Properties.RepositoryPolicyText.Statement;

    expect(statements).toHaveLength(2);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Condition: {
          ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/mail-${environment}-*` },
        },
      }),
    );
  });
});

test('the owner hears of every action that fails', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.codepipeline'],
      'detail-type': ['CodePipeline Action Execution State Change'],
      detail: { pipeline: ['mail-delivery'], state: ['FAILED'] },
    },
    Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })],
  });
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: Match.stringLikeRegexp('@'),
  });
});

test('what actions hand on is encrypted by our key and forgotten after a month', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketName: 'mail-delivery-000011112222-eu-west-1',
    LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30, Status: 'Enabled' })] },
    PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
  });
});
