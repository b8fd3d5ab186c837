import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testOrganisation } from '../../fixtures/organisation';
import { resourcesOf, statementsOf } from '../../fixtures/resources';

const organisation = testOrganisation();
const resources = resourcesOf(organisation.app.synth()).filter(({ stack }) => stack === 'mail-delivery');
afterAll(() => organisation.remove());

const statements = statementsOf(resources.filter(({ type }) => type !== 'AWS::IAM::ManagedPolicy'));

/** What a role may do, by the start of its logical id. */
const allowed = (role: string) =>
  statements.filter(({ policy }) => policy.startsWith(role)).flatMap(({ actions }) => actions);

const assumes = (role: string) =>
  statements
    .filter(({ policy, actions }) => policy.startsWith(role) && actions.includes('sts:AssumeRole'))
    .flatMap((each) => each.resources);

test('the check, which runs everybody’s code, may write its log and hand on files, and nothing else', () => {
  expect(new Set(allowed('CheckRole').map((action) => action.split(':')[0]))).toEqual(
    new Set(['logs', 's3', 'kms']),
  );
});

test.each([
  ['Dev', 'arn:aws:iam::111122223333:role/mlops-dev-delivery'],
  ['Prod', 'arn:aws:iam::444455556666:role/mlops-prod-delivery'],
])('steps of %s become the delivery role of this environment, and no other role', (name, role) => {
  expect(assumes(`BuildRole${name}`)).toEqual([role]);
});

test('only the check hands on files, so nothing else changes what a later action runs', () => {
  const writing = statements.filter(({ actions }) => actions.includes('s3:PutObject'));

  expect(writing.map(({ policy }) => policy.replace(/DefaultPolicy.*/, '')).sort()).toEqual([
    'CheckRole',
    'PipelineRole',
  ]);
});

test('the update becomes the roles of cdk bootstrap in the delivery account only', () => {
  expect(assumes('UpdateRole')).toHaveLength(3);
  for (const role of assumes('UpdateRole')) expect(role).toMatch(/:000011112222:role\/cdk-hnb659fds-/);
});

test('nobody but the image step pushes images, and it acts in no environment', () => {
  const pushing = statements.filter(({ actions }) => actions.includes('ecr:PutImage'));

  expect(pushing.map(({ policy }) => policy.replace(/DefaultPolicy.*/, ''))).toEqual(['ImageRole']);
  expect(assumes('ImageRole')).toEqual([]);
});

test('the image step pulls the containers that images are built on, by name, where there are any', () => {
  const pulls = (own: typeof statements) =>
    own
      .filter(
        ({ policy, actions }) => policy.startsWith('ImageRole') && actions.includes('ecr:BatchGetImage'),
      )
      .flatMap((each) => each.resources)
      .filter((resource) => String(resource).includes(':763104351884:'));
  const onGpu = testOrganisation(({ project, write }) =>
    write(
      'mail/project.yaml',
      readFileSync(join(project, 'project.yaml'), 'utf8').replace(
        'learner: linear\n    train: { instance: ml.m5.xlarge,',
        'learner: transformer\n    train: { instance: ml.g5.2xlarge,',
      ),
    ),
  );
  const others = resourcesOf(onGpu.app.synth()).filter(({ stack }) => stack === 'mail-delivery');
  onGpu.remove();

  expect(pulls(statements)).toEqual([]);
  expect(pulls(statementsOf(others.filter(({ type }) => type !== 'AWS::IAM::ManagedPolicy')))).toEqual([
    'arn:aws:ecr:eu-west-1:763104351884:repository/huggingface-pytorch-training',
  ]);
});

test('every role is assumed by its service, for this account', () => {
  const services = resources
    .filter(
      ({ type, properties }) => type === 'AWS::IAM::Role' && /^mail-delivery-/.test(properties.RoleName),
    )
    .map(({ properties }) => [properties.RoleName, properties.AssumeRolePolicyDocument.Statement[0]]);

  for (const [name, { Principal, Condition }] of services) {
    if (Principal.Service === 'lambda.amazonaws.com') continue;
    expect([name, Principal.Service, Condition]).toEqual([
      name,
      expect.stringMatching(/^code(build|pipeline)\.amazonaws\.com$/),
      { StringEquals: { 'aws:SourceAccount': '000011112222' } },
    ]);
  }
  expect(services.map(([name]) => name).sort()).toEqual([
    'mail-delivery-build-dev',
    'mail-delivery-build-prod',
    'mail-delivery-check',
    'mail-delivery-image',
    'mail-delivery-pipeline',
    'mail-delivery-report-failure',
    'mail-delivery-update',
  ]);
});
