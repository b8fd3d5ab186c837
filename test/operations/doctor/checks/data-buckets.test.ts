import { dataBuckets } from '../../../../operations/doctor/checks/data-buckets';
import { type Answer, refused } from '../../../fixtures/answers/recorded';
import { configWith, recordedSubject } from '../subject';

const config = configWith({ dev: { data: 's3://crm-exports/emails/' } });
const ROLE = 'arn:aws:iam::111122223333:role/mlops-dev-delivery';

const statement = (overrides: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: ROLE },
  Action: ['s3:GetObject', 's3:ListBucket'],
  Resource: ['arn:aws:s3:::crm-exports', 'arn:aws:s3:::crm-exports/emails/*'],
  ...overrides,
});

const policy = (...Statement: object[]) => ({ Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });

/** A bucket of our own account, with data in it, that the role may read by the bucket's policy. */
const SOUND: Record<string, Answer> = {
  HeadBucket: { BucketRegion: 'eu-west-1' },
  ListObjectsV2: { KeyCount: 2 },
  SimulatePrincipalPolicy: {
    EvaluationResults: [{ EvalActionName: 's3:GetObject', EvalDecision: 'implicitDeny' }],
  },
  GetBucketPolicy: policy(statement()),
};

const look = (answers: Record<string, Answer>) =>
  dataBuckets.look(recordedSubject({ ...SOUND, ...answers }, { config }));

/** A bucket of another account does not have ours for its owner. */
const foreign: Answer = ({ ExpectedBucketOwner }) =>
  ExpectedBucketOwner ? refused('403', 'Forbidden', 403) : { BucketRegion: 'eu-west-1' };

const allowed = { EvaluationResults: [{ EvalDecision: 'allowed' }] };

test('data that are there and may be read are as they should be', async () => {
  expect(await look({})).toMatchObject([
    { level: 'ok', what: 'data of mail are in s3://crm-exports/emails/' },
    { level: 'ok', what: 'delivery may read s3://crm-exports/emails/: its bucket policy says so' },
  ]);
});

test.each<[string, Record<string, Answer>, string]>([
  [
    'nothing below the prefix',
    { ListObjectsV2: { KeyCount: 0 } },
    'there is nothing in s3://crm-exports/emails/',
  ],
  ['no such bucket', { HeadBucket: refused('NotFound', 'NotFound', 404) }, 'there is no bucket crm-exports'],
  ['another region', { HeadBucket: { BucketRegion: 'us-east-1' } }, 'is in us-east-1, and dev in eu-west-1'],
  [
    'another region that only the redirection names',
    {
      HeadBucket: Object.assign(refused('301', 'PermanentRedirect', 301), {
        $response: { headers: { 'x-amz-bucket-region': 'us-west-2' } },
      }),
    },
    'is in us-west-2, and dev in eu-west-1',
  ],
])('%s is an error', async (_, answers, words) => {
  expect(await look(answers)).toContainEqual(
    expect.objectContaining({ level: 'error', what: expect.stringContaining(words) }),
  );
});

test.each<[string, object]>([
  ['names nobody of ours', statement({ Principal: { AWS: 'arn:aws:iam::999988887777:root' } })],
  [
    'allows another prefix',
    statement({ Resource: ['arn:aws:s3:::crm-exports', 'arn:aws:s3:::crm-exports/calls/*'] }),
  ],
  ['allows no listing', statement({ Action: 's3:GetObject' })],
  ['denies', statement({ Effect: 'Deny' })],
])('a bucket policy that %s is an error, and the statements to add are printed', async (_, stated) => {
  const seen = (await look({ GetBucketPolicy: policy(stated) })).at(-1);
  expect(seen).toMatchObject({ level: 'error', what: expect.stringContaining('does not let delivery read') });
  const statements = (seen?.fix ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('{'))
    .map((line) => JSON.parse(line));
  expect(statements).toMatchObject([
    {
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::crm-exports',
      Principal: { AWS: ROLE },
      Condition: { StringLike: { 's3:prefix': 'emails/*' } },
    },
    { Action: 's3:GetObject', Resource: 'arn:aws:s3:::crm-exports/emails/*' },
  ]);
  // What is printed is what is looked for.
  expect((await look({ GetBucketPolicy: policy(...statements) })).at(-1)).toMatchObject({ level: 'ok' });
});

test('a statement for the whole account, with wildcards, is enough', async () => {
  const wide = statement({
    Principal: { AWS: '111122223333' },
    Action: 's3:*',
    Resource: 'arn:aws:s3:::crm-exp*',
  });
  expect((await look({ GetBucketPolicy: policy(wide) })).at(-1)).toMatchObject({ level: 'ok' });
});

test('of a bucket of another account the policy cannot be seen, and its owner is told what to add', async () => {
  const seen = await look({
    HeadBucket: foreign,
    SimulatePrincipalPolicy: allowed,
    GetBucketPolicy: refused('MethodNotAllowed', 'The specified method is not allowed', 405),
  });
  expect(seen.at(-1)).toMatchObject({
    level: 'skipped',
    what: expect.stringContaining('cannot be seen from here'),
    fix: expect.stringContaining('"Sid":"MlopsReadData"'),
  });
});

test('a delivery role whose own policies do not reach into another account is an error', async () => {
  const seen = await look({ HeadBucket: foreign });
  expect(seen.at(-1)).toMatchObject({
    level: 'error',
    what: expect.stringContaining("role's own policies deny it"),
  });
});

test('whoever may not list the bucket is told so, not that it is missing', async () => {
  const [seen] = await look({ HeadBucket: refused('403', 'UnknownError', 403) });
  expect(seen).toMatchObject({ level: 'skipped', what: expect.stringContaining('you may not list it') });
});

test('a role that is not there is the finding of another check', async () => {
  expect(await look({ SimulatePrincipalPolicy: refused('NoSuchEntity') })).toHaveLength(1);
});

test('data in the project’s own folder are not looked for in S3', async () => {
  expect(await dataBuckets.look(recordedSubject({}))).toEqual([]);
});
