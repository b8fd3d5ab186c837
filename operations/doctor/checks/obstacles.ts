import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { DescribeModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { deliveryNamesOf, namesOf } from '../../../lib/config/names';
import type { Check } from '../check';
import { awsCommand, cdkCommand, listed } from '../commands';
import { isMissing, statusOf } from '../denial';
import { error, type Observation } from '../finding';
import { aFewAtATime, everyPage } from '../pages';
import type { Readers } from '../readers';
import { DELIVERY, type Subject } from '../subject';

/**
 * Things with names that a stack is going to give, from a project that was removed before: what is kept on
 * removal stands in the way of making the project again.
 */
export const obstacles: Check = {
  name: 'obstacles',
  permission: 's3:ListBucket',
  look: async (subject): Promise<Observation[]> => {
    const deployed = await subject.stacks();
    const coming = subject.projects
      .map(({ name }) => keptBy(subject, name))
      .filter(({ stack }) => !deployed.has(stack));
    const seen = await aFewAtATime(coming, async ({ stack, things }): Promise<Observation[]> => {
      const there = (
        await aFewAtATime(things, async (thing) =>
          (await isThere(thing.ask(subject.aws))) ? thing.name : '',
        )
      ).filter((name) => name !== '');
      if (there.length === 0) return [];
      return [
        error(
          `stack ${stack} is not deployed, but what it makes is there already: ${listed(there)}`,
          `to take it over with what is in it: ${cdkCommand(subject, `deploy ${stack} --import-existing-resources`)}\n` +
            'to begin anew: delete it by hand first. A key is made anew in both cases; keep the old one, which the old data need',
        ),
      ];
    });
    const logs = await aFewAtATime(subject.projects, ({ name }) => logsInTheWay(subject, name, deployed));
    return [...seen.flat(), ...logs.flat()];
  },
};

/**
 * A function that ran once more after its stack was deleted made its log group again, which the stack wants
 * to make.
 */
async function logsInTheWay(
  subject: Subject,
  project: string,
  deployed: ReadonlyMap<string, unknown>,
): Promise<Observation[]> {
  const { name: environment, account, region } = subject;
  if (environment === DELIVERY) return [];
  const names = namesOf({ project, environment, account, region });
  if (Object.values(names.stacks).some((stack) => deployed.has(stack))) return [];
  const wanted = new Set(Object.values(names.functions).map((name) => `/aws/lambda/${name}`));
  const groups = await everyPage(async (nextToken) => {
    const page = await subject.aws.logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${names.prefix}-`, nextToken }),
    );
    return { items: page.logGroups?.flatMap(({ logGroupName }) => logGroupName ?? []), next: page.nextToken };
  });
  const there = groups.filter((name) => wanted.has(name));
  if (there.length === 0) return [];
  return [
    error(
      `${project} is not deployed in ${environment}, but log groups that its stacks make are there: ${listed(there)}`,
      there.map((name) => awsCommand(subject, `logs delete-log-group --log-group-name ${name}`)).join('\n'),
    ),
  ];
}

interface Thing {
  readonly name: string;
  readonly ask: (aws: Readers) => Promise<unknown>;
}

/** What a project's stack makes under literal names and keeps when it is deleted. */
function keptBy({ name: environment, account, region }: Subject, project: string) {
  if (environment === DELIVERY) {
    const names = deliveryNamesOf({ project, account, region });
    return {
      stack: names.stack,
      things: [bucket(names.artifactsBucket), alias(names.keyAlias), repository(names.repository)],
    };
  }
  const names = namesOf({ project, environment, account, region });
  return {
    stack: names.stacks.storage,
    things: [
      ...[names.artifactsBucket, names.recordsBucket, names.logsBucket].map(bucket),
      ...[names.stateTable, names.inferencesTable].map(table),
      group(names.modelPackageGroup),
      alias(names.keyAlias),
    ],
  };
}

const bucket = (Bucket: string): Thing => ({
  name: `bucket ${Bucket}`,
  ask: ({ s3 }) => s3.send(new HeadBucketCommand({ Bucket })),
});

const table = (TableName: string): Thing => ({
  name: `table ${TableName}`,
  ask: ({ dynamodb }) => dynamodb.send(new DescribeTableCommand({ TableName })),
});

const alias = (KeyId: string): Thing => ({
  name: `key ${KeyId}`,
  ask: ({ kms }) => kms.send(new DescribeKeyCommand({ KeyId })),
});

const group = (ModelPackageGroupName: string): Thing => ({
  name: `model package group ${ModelPackageGroupName}`,
  ask: ({ sagemaker }) => sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName })),
});

const repository = (name: string): Thing => ({
  name: `image repository ${name}`,
  ask: ({ ecr }) => ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })),
});

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (thrown) {
    if (isMissing(thrown)) return false;
    // A bucket of that name that does not let us in is there, and in the way.
    if (statusOf(thrown) === 403 && (thrown as { name?: string }).name !== 'AccessDeniedException')
      return true;
    throw thrown;
  }
}
