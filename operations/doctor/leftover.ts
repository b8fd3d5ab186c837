import { ListTablesCommand, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRepositoriesCommand, ListTagsForResourceCommand } from '@aws-sdk/client-ecr';
import { ListAliasesCommand, ListResourceTagsCommand } from '@aws-sdk/client-kms';
import { GetBucketTaggingCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelPackageGroupsCommand,
  ListModelsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-sagemaker';
import { everyPage } from './pages';
import { DELIVERY, type Subject } from './subject';

/** Something that has the name of a project's resource. */
export interface Named {
  readonly noun: string;
  readonly name: string;
  /** The project, as the name has it. */
  readonly project: string;
}

/** A kind of resource that outlives its stack. */
export interface Kind {
  readonly noun: string;
  /** The names of all that there are. */
  readonly list: (subject: Subject) => Promise<readonly string[]>;
  /**
   * What a project's resource is called; the first group is the project. Undefined where there are none of
   * the kind.
   */
  readonly pattern: (subject: Subject) => RegExp | undefined;
  /** Value of its tag mlops:project; left out where the name is proof enough. */
  readonly owner?: (subject: Subject, name: string) => Promise<string | undefined>;
}

type Tags = readonly { readonly Key?: string; readonly Value?: string }[] | undefined;

const ownerIn = (tags: Tags): string | undefined => tags?.find(({ Key }) => Key === 'mlops:project')?.Value;

/** In an environment, names go on with its name; the delivery account has few kinds of its own. */
const inEnvironment =
  (ending: string) =>
  ({ name }: Subject) =>
    name === DELIVERY ? undefined : new RegExp(`^([a-z][a-z0-9-]*)-${name}${ending}$`);

const sagemakerOwner =
  (resource: string) =>
  async ({ aws, account, region }: Subject, name: string) => {
    const ResourceArn = `arn:aws:sagemaker:${region}:${account}:${resource}/${name}`;
    return ownerIn((await aws.sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags);
  };

export const ENDPOINT: Kind = {
  noun: 'endpoint',
  pattern: inEnvironment(''),
  owner: sagemakerOwner('endpoint'),
  list: ({ aws, name }) =>
    everyPage(async (NextToken) => {
      const page = await aws.sagemaker.send(
        new ListEndpointsCommand({ NameContains: `-${name}`, MaxResults: 100, NextToken }),
      );
      return {
        items: page.Endpoints?.flatMap(({ EndpointName }) => EndpointName ?? []),
        next: page.NextToken,
      };
    }),
};

const CONFIG: Kind = {
  noun: 'endpoint configuration',
  pattern: inEnvironment('-v\\d+-[0-9a-f]{8}'),
  list: ({ aws, name }) =>
    everyPage(async (NextToken) => {
      const page = await aws.sagemaker.send(
        new ListEndpointConfigsCommand({ NameContains: `-${name}-v`, MaxResults: 100, NextToken }),
      );
      const items = page.EndpointConfigs?.flatMap(({ EndpointConfigName }) => EndpointConfigName ?? []);
      return { items, next: page.NextToken };
    }),
};

const MODEL: Kind = {
  noun: 'model',
  pattern: inEnvironment('-v\\d+-[0-9a-f]{8}'),
  list: ({ aws, name }) =>
    everyPage(async (NextToken) => {
      const page = await aws.sagemaker.send(
        new ListModelsCommand({ NameContains: `-${name}-v`, MaxResults: 100, NextToken }),
      );
      return { items: page.Models?.flatMap(({ ModelName }) => ModelName ?? []), next: page.NextToken };
    }),
};

const GROUP: Kind = {
  noun: 'model package group',
  pattern: inEnvironment(''),
  owner: sagemakerOwner('model-package-group'),
  list: ({ aws, name }) =>
    everyPage(async (NextToken) => {
      const page = await aws.sagemaker.send(
        new ListModelPackageGroupsCommand({ NameContains: `-${name}`, MaxResults: 100, NextToken }),
      );
      const groups = page.ModelPackageGroupSummaryList ?? [];
      return {
        items: groups.flatMap(({ ModelPackageGroupName }) => ModelPackageGroupName ?? []),
        next: page.NextToken,
      };
    }),
};

const BUCKET: Kind = {
  noun: 'bucket',
  pattern: ({ name, account, region }) =>
    new RegExp(
      name === DELIVERY
        ? `^([a-z][a-z0-9-]*)-delivery-${account}-${region}$`
        : `^([a-z][a-z0-9-]*)-${name}-(?:artifacts|records|logs)-${account}-${region}$`,
    ),
  list: async ({ aws }) => {
    const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
    return Buckets.flatMap(({ Name }) => Name ?? []);
  },
  owner: async ({ aws }, Bucket) => {
    // A bucket without tags has no set of them, which is an error.
    const tags = await aws.s3.send(new GetBucketTaggingCommand({ Bucket })).catch((thrown: Error) => {
      if (thrown.name === 'NoSuchTagSet') return undefined;
      throw thrown;
    });
    return ownerIn(tags?.TagSet);
  },
};

const TABLE: Kind = {
  noun: 'table',
  pattern: inEnvironment('-(?:state|inferences)'),
  list: ({ aws }) =>
    everyPage(async (ExclusiveStartTableName) => {
      const page = await aws.dynamodb.send(new ListTablesCommand({ ExclusiveStartTableName }));
      return { items: page.TableNames, next: page.LastEvaluatedTableName };
    }),
  owner: async ({ aws, account, region }, name) => {
    const ResourceArn = `arn:aws:dynamodb:${region}:${account}:table/${name}`;
    return ownerIn((await aws.dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags);
  },
};

const KEY: Kind = {
  noun: 'key',
  pattern: ({ name }) => new RegExp(`^alias/([a-z][a-z0-9-]*)-${name}$`),
  list: ({ aws }) =>
    everyPage(async (Marker) => {
      const page = await aws.kms.send(new ListAliasesCommand({ Marker }));
      return {
        items: page.Aliases?.flatMap(({ AliasName }) => AliasName ?? []),
        next: page.Truncated ? page.NextMarker : undefined,
      };
    }),
  owner: async ({ aws }, KeyId) => {
    const { Tags = [] } = await aws.kms.send(new ListResourceTagsCommand({ KeyId }));
    return ownerIn(Tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue })));
  },
};

const REPOSITORY: Kind = {
  noun: 'image repository',
  pattern: ({ name }) => (name === DELIVERY ? /^([a-z][a-z0-9-]*)$/ : undefined),
  list: ({ aws }) =>
    everyPage(async (nextToken) => {
      const page = await aws.ecr.send(new DescribeRepositoriesCommand({ nextToken }));
      return {
        items: page.repositories?.flatMap(({ repositoryName }) => repositoryName ?? []),
        next: page.nextToken,
      };
    }),
  owner: async ({ aws, account, region }, name) => {
    const resourceArn = `arn:aws:ecr:${region}:${account}:repository/${name}`;
    return ownerIn((await aws.ecr.send(new ListTagsForResourceCommand({ resourceArn }))).tags);
  },
};

/** What is kept on purpose when a project's stacks are deleted. */
export const KEPT: readonly Kind[] = [BUCKET, TABLE, KEY, GROUP, REPOSITORY];

/** What the release machine made, and CloudFormation knows nothing of; it costs nothing. */
export const RELEASED: readonly Kind[] = [CONFIG, MODEL];
