import { readDefinition } from '../../../rehearsal/delivery/pipeline/definition';

const action = {
  Name: 'Deploy',
  ActionTypeId: { Category: 'Build', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
  Configuration: { ProjectName: 'mail-delivery-deploy-dev' },
  InputArtifacts: [{ Name: 'Assembly' }],
  RunOrder: 2,
};
const pipeline = {
  Name: 'mail-delivery',
  RoleArn: 'arn:aws:iam::000011112222:role/mail-delivery-pipeline',
  PipelineType: 'V2',
  ExecutionMode: 'QUEUED',
  ArtifactStore: { Type: 'S3', Location: 'bucket', EncryptionKey: { Type: 'KMS', Id: 'key' } },
  Stages: [{ Name: 'Dev', Actions: [action] }],
};

test('reads stages and actions', () => {
  expect(readDefinition(pipeline, 3)).toMatchObject({
    name: 'mail-delivery',
    version: 3,
    store: { bucket: 'bucket', key: 'key' },
    stages: [
      {
        name: 'Dev',
        actions: [{ name: 'Deploy', provider: 'CodeBuild', inputs: ['Assembly'], runOrder: 2 }],
      },
    ],
  });
});

const withAction = (fields: object) => ({ Stages: [{ Name: 'Dev', Actions: [{ ...action, ...fields }] }] });

test.each([
  ['another mode', { ExecutionMode: 'PARALLEL' }, 'mode PARALLEL is not played'],
  ['an older type', { PipelineType: 'V1' }, 'type V1'],
  ['a key of the pipeline', { Variables: [] }, 'Variables of pipeline mail-delivery is not played'],
  [
    'a condition of a stage',
    { Stages: [{ Name: 'Dev', Actions: [], OnFailure: {} }] },
    'OnFailure of stage Dev is not played',
  ],
  [
    'a provider',
    withAction({ ActionTypeId: { Provider: 'CloudFormation' } }),
    'provider CloudFormation of action Dev/Deploy is not played; allowed: one of CodeStarSourceConnection, CodeBuild, Manual',
  ],
  ['a role of an action', withAction({ RoleArn: 'arn' }), 'RoleArn of action Dev/Deploy is not played'],
])('fails for %s, by name', (_what, fields, says) => {
  expect(() => readDefinition({ ...pipeline, ...fields }, 1)).toThrow(says);
});
