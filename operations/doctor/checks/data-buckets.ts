import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetBucketPolicyCommand, HeadBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Check } from '../check';
import { cdkCommand, listed } from '../commands';
import { admits, type DataPlace, dataPlaceOf, dataStatements } from '../data-policy';
import { isMissing, missingPermission, statusOf } from '../denial';
import { platformOf } from '../expected';
import { error, type Observation, ok, skipped } from '../finding';
import { aFewAtATime } from '../pages';
import type { Subject } from '../subject';

/** Whether the data of each project are where `data:` says, in the right region, and open to delivery. */
export const dataBuckets: Check = {
  name: 'data',
  permission: 's3:ListBucket',
  look: async (subject): Promise<Observation[]> => {
    const names = platformOf(subject);
    if (!names) return [];
    const role = `arn:aws:iam::${subject.account}:role/${names.deliveryRole}`;
    const places = subject.projects.flatMap(({ name, environments }) => {
      const place = dataPlaceOf(environments[subject.name]?.data ?? '');
      return place ? [{ ...place, project: name }] : [];
    });
    const seen = await aFewAtATime(places, async (place) => [
      ...(await whereItIs(subject, place, role)),
      ...(await whoReads(subject, place, role)),
    ]);
    return seen.flat();
  },
};

type Place = DataPlace & { readonly project: string };

async function whereItIs(subject: Subject, place: Place, role: string): Promise<Observation[]> {
  const { bucket, prefix, project } = place;
  const data = `s3://${bucket}/${prefix}`;
  const edit = `edit data: of ${subject.name} in the project.yaml of ${project}`;
  try {
    const { BucketRegion: region = subject.region } = await subject.aws.s3.send(
      new HeadBucketCommand({ Bucket: bucket }),
    );
    if (region !== subject.region) return [inOtherRegion(subject, data, region)];
    const { KeyCount = 0 } = await subject.aws.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 2 }),
    );
    return [
      KeyCount > 0
        ? ok(`data of ${project} are in ${data}`)
        : error(`there is nothing in ${data}, the data of ${project}`, edit),
    ];
  } catch (thrown) {
    if (statusOf(thrown) === 301) return [inOtherRegion(subject, data, regionIn(thrown))];
    if (missingPermission(thrown, 's3:ListBucket')) {
      return [
        skipped(
          `whether there is anything in ${data} was not looked at: you may not list it; delivery must`,
          remedyOf(role, place),
        ),
      ];
    }
    if (isMissing(thrown))
      return [error(`there is no bucket ${bucket}, which ${project} has its data in`, edit)];
    throw thrown;
  }
}

const inOtherRegion = ({ name, region }: Subject, data: string, other: string): Observation =>
  error(
    `${data} is in ${other}, and ${name} in ${region}: jobs read data of their own region only`,
    `replicate the data to a bucket in ${region}, and name that in data:`,
  );

/** What the redirection of a bucket in another region says. */
function regionIn(thrown: unknown): string {
  const { $response: response } = thrown as { $response?: { headers?: Record<string, string> } };
  return response?.headers?.['x-amz-bucket-region'] ?? 'another region';
}

/** As far as it can be told from here: the role's own policies, and the bucket's policy where it may be read. */
async function whoReads(subject: Subject, place: Place, role: string): Promise<Observation[]> {
  const data = `s3://${place.bucket}/${place.prefix}`;
  const denied = await deniedTo(subject, place, role);
  if (denied === undefined) return []; // without the role, this is the finding of another check
  const owned = await isOurs(subject, place.bucket);
  if (!owned && denied.length > 0) {
    return [
      error(
        `the delivery role's own policies deny it ${listed(denied)} on ${data}`,
        cdkCommand(subject, `deploy ${platformOf(subject)?.stack} --revert-drift`),
      ),
    ];
  }
  const policy = await policyOf(subject, place.bucket);
  if (policy === 'unreadable') {
    return [
      skipped(
        `whether the owner of ${data} lets delivery in cannot be seen from here`,
        remedyOf(role, place),
      ),
    ];
  }
  if (owned && denied.length === 0) return [ok(`delivery may read ${data}`)];
  if (policy && admits(policy, role, place))
    return [ok(`delivery may read ${data}: its bucket policy says so`)];
  return [
    error(`the policy of bucket ${place.bucket} does not let delivery read ${data}`, remedyOf(role, place)),
  ];
}

/** Actions that the role's policies do not allow; undefined where the role is not there. */
async function deniedTo(
  { aws }: Subject,
  { bucket, prefix }: Place,
  role: string,
): Promise<string[] | undefined> {
  const asked = [
    { ActionNames: ['s3:ListBucket'], ResourceArns: [`arn:aws:s3:::${bucket}`] },
    { ActionNames: ['s3:GetObject'], ResourceArns: [`arn:aws:s3:::${bucket}/${prefix}data.csv`] },
  ];
  try {
    const answers = await Promise.all(
      asked.map((question) =>
        aws.iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: role, ...question })),
      ),
    );
    return answers
      .flatMap(({ EvaluationResults = [] }) => EvaluationResults)
      .filter(({ EvalDecision }) => EvalDecision !== 'allowed')
      .map(({ EvalActionName = '' }) => EvalActionName);
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/** Whether the bucket is of the account that is looked at. */
async function isOurs({ aws, account }: Subject, Bucket: string): Promise<boolean> {
  return aws.s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account })).then(
    () => true,
    () => false,
  );
}

async function policyOf({ aws }: Subject, Bucket: string): Promise<string | undefined | 'unreadable'> {
  try {
    return (await aws.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy;
  } catch (thrown) {
    // The policy of a bucket is its owner's; other accounts are told that the method is not allowed.
    if (missingPermission(thrown, '') !== undefined || statusOf(thrown) === 405) return 'unreadable';
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

function remedyOf(role: string, place: Place): string {
  const statements = dataStatements(role, place).map((statement) => JSON.stringify(statement));
  return [
    `the owner of ${place.bucket} adds to the bucket's policy:`,
    ...statements.map((statement) => `  ${statement}`),
    `and, where the bucket is encrypted with a key of their own, to the key's policy: kms:Decrypt for ${role}`,
  ].join('\n');
}
