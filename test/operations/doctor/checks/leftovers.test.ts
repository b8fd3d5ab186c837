import { leftovers } from '../../../../operations/doctor/checks/leftovers';
import { obstacles } from '../../../../operations/doctor/checks/obstacles';
import { type Answer, denied, refused } from '../../../fixtures/answers/recorded';
import { deployed, recordedSubject } from '../subject';

/** An account with nothing in it. */
const EMPTY: Record<string, Answer> = {
  DescribeStacks: deployed(),
  ListEndpoints: { Endpoints: [] },
  ListEndpointConfigs: { EndpointConfigs: [] },
  ListModels: { Models: [] },
  ListModelPackageGroups: { ModelPackageGroupSummaryList: [] },
  ListBuckets: { Buckets: [] },
  ListTables: { TableNames: [] },
  ListAliases: { Aliases: [] },
  DescribeRepositories: { repositories: [] },
};

const owner = (project: string) => ({ Tags: [{ Key: 'mlops:project', Value: project }] });

describe('leftovers', () => {
  const look = (answers: Record<string, Answer>, name?: string) =>
    leftovers.look(recordedSubject({ ...EMPTY, ...answers }, name ? { name } : {}));

  test('of nothing are none', async () => {
    expect(await look({})).toEqual([{ level: 'ok', what: 'nothing is left of projects that are gone' }]);
  });

  test('an endpoint of a project that is gone costs, and the command that ends it is given', async () => {
    const endpoints = { Endpoints: [{ EndpointName: 'old-dev' }, { EndpointName: 'mail-dev' }] };
    const seen = await look({ ListEndpoints: endpoints, ListTags: owner('old') });
    expect(seen).toEqual([
      {
        level: 'warning',
        what: 'endpoint old-dev of old, which is not in projects/ any more, is still there and costs for every hour',
        fix: 'npm run remove -- old',
      },
    ]);
  });

  test('an endpoint that only has such a name, and not our tag, is somebody else’s', async () => {
    const seen = await look({
      ListEndpoints: { Endpoints: [{ EndpointName: 'theirs-dev' }] },
      ListTags: { Tags: [] },
    });
    expect(seen).toMatchObject([{ level: 'ok' }]);
  });

  test('what is kept of a project, its stacks, models and configurations are told together', async () => {
    const bucket = 'old-dev-artifacts-111122223333-eu-west-1';
    const seen = await look({
      DescribeStacks: deployed({
        name: 'old-dev-serving',
        tags: { 'mlops:project': 'old', 'mlops:environment': 'dev' },
      }),
      ListBuckets: {
        Buckets: [{ Name: bucket }, { Name: 'old-prod-logs-111122223333-eu-west-1' }, { Name: 'other' }],
      },
      GetBucketTagging: { TagSet: owner('old').Tags },
      ListTables: { TableNames: ['old-dev-state'] },
      ListTagsOfResource: owner('old'),
      ListAliases: { Aliases: [{ AliasName: 'alias/old-dev' }, { AliasName: 'alias/aws/s3' }] },
      ListResourceTags: { Tags: [{ TagKey: 'mlops:project', TagValue: 'old' }] },
      ListModels: { Models: [{ ModelName: 'old-dev-v1-0a1b2c3d' }, { ModelName: 'mail-dev-v1-0a1b2c3d' }] },
    });
    expect(seen).toMatchObject([
      {
        what: expect.stringContaining('stacks of old'),
        fix: 'npm run remove -- old',
      },
      { what: expect.stringContaining(`bucket ${bucket}, table old-dev-state and key alias/old-dev`) },
      { fix: 'aws sagemaker delete-model --model-name old-dev-v1-0a1b2c3d --region eu-west-1' },
    ]);
  });

  test('a bucket without tags, or one that is gone meanwhile, is not ours', async () => {
    const ListBuckets = { Buckets: [{ Name: 'old-dev-logs-111122223333-eu-west-1' }] };
    for (const GetBucketTagging of [refused('NoSuchTagSet'), refused('NoSuchBucket')]) {
      expect(await look({ ListBuckets, GetBucketTagging })).toMatchObject([{ level: 'ok' }]);
    }
  });

  test('in one account for all, the stacks of another environment are looked at there', async () => {
    const tags = { 'mlops:project': 'old', 'mlops:environment': 'prod' };
    expect(await look({ DescribeStacks: deployed({ name: 'old-prod-storage', tags }) })).toMatchObject([
      { level: 'ok' },
    ]);
  });

  test('delivery keeps a bucket and images', async () => {
    const seen = await look(
      {
        ListBuckets: { Buckets: [{ Name: 'old-delivery-000011112222-eu-west-1' }] },
        GetBucketTagging: { TagSet: owner('old').Tags },
        DescribeRepositories: { repositories: [{ repositoryName: 'old' }, { repositoryName: 'website' }] },
        ListTagsForResource: ({ resourceArn }) => ({
          tags: String(resourceArn).endsWith('/old') ? owner('old').Tags : [],
        }),
      },
      'delivery',
    );
    expect(seen).toMatchObject([
      {
        what: expect.stringContaining('bucket old-delivery-000011112222-eu-west-1 and image repository old'),
      },
    ]);
  });
});

describe('obstacles', () => {
  const gone = refused('NotFound', 'does not exist', 404);
  const NOTHING: Record<string, Answer> = {
    HeadBucket: gone,
    DescribeTable: gone,
    DescribeKey: gone,
    DescribeModelPackageGroup: gone,
    DescribeRepositories: gone,
    DescribeLogGroups: { logGroups: [] },
  };
  const look = (answers: Record<string, Answer>, stacks: readonly string[] = []) =>
    obstacles.look(recordedSubject({ ...NOTHING, DescribeStacks: deployed(...stacks), ...answers }));

  test('there are none before the first deployment, and what is deployed is none', async () => {
    expect(await look({})).toEqual([]);
    expect(await look({ HeadBucket: {} }, ['mail-dev-storage'])).toEqual([]);
  });

  test('what was kept of a removed project stands in the way of making it again, and can be taken over', async () => {
    const seen = await look({ DescribeTable: {}, DescribeModelPackageGroup: {} });
    expect(seen).toMatchObject([
      {
        level: 'error',
        what: 'stack mail-dev-storage is not deployed, but what it makes is there already: table mail-dev-state, table mail-dev-inferences and model package group mail-dev',
        fix: expect.stringContaining('npx cdk deploy mail-dev-storage --import-existing-resources'),
      },
    ]);
  });

  test('a log group that a function made once more after its stack was deleted is in the way', async () => {
    const logGroups = ['invoke-model', 'of-somebody-else'].map((name) => ({
      logGroupName: `/aws/lambda/mail-dev-${name}`,
    }));
    expect(await look({ DescribeLogGroups: { logGroups } })).toMatchObject([
      {
        level: 'error',
        fix: 'aws logs delete-log-group --log-group-name /aws/lambda/mail-dev-invoke-model --region eu-west-1',
      },
    ]);
  });

  test('a bucket that lets nobody in is in the way too', async () => {
    const [seen] = await look({ HeadBucket: refused('403', 'UnknownError', 403) });
    expect(seen?.what).toContain('bucket mail-dev-artifacts-111122223333-eu-west-1');
  });

  test('a permission that is missing is thrown, for the check to be skipped', async () => {
    await expect(look({ DescribeTable: denied('dynamodb:DescribeTable') })).rejects.toThrow(
      'dynamodb:DescribeTable',
    );
  });
});
