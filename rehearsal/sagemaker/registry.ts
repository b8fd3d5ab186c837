import type {
  CreateModelPackageGroupInput,
  CreateModelPackageInput,
  DeleteModelPackageGroupInput,
  DeleteModelPackageInput,
  DescribeModelPackageGroupInput,
  DescribeModelPackageInput,
  ListModelPackageGroupsInput,
  ListModelPackagesInput,
  UpdateModelPackageInput,
} from '@aws-sdk/client-sagemaker';
import { conflict, invalid, notRehearsed } from './errors';
import { page } from './paging';
import { plain } from './permissions';
import type { Fields } from './service-model';
import { born, type Caller, type Handlers, iso, seconds, type Valid, type World } from './world';

interface Group {
  readonly record: Fields;
  /** By version; numbers are never used twice. */
  readonly packages: Map<number, Fields>;
  last: number;
}

/** Approval moves that the developer guide documents. A second approval of the same kind is only an update. */
const MOVES: Readonly<Record<string, readonly string[]>> = {
  PendingManualApproval: ['PendingManualApproval', 'Approved', 'Rejected'],
  Approved: ['Approved', 'Rejected'],
  Rejected: ['Rejected', 'Approved'],
};

/** Members of UpdateModelPackage that replace the package's own. */
const REPLACED = [
  'ModelApprovalStatus',
  'ApprovalDescription',
  'InferenceSpecification',
  'SourceUri',
  'ModelCard',
  'ModelLifeCycle',
  'ModelPackageRegistrationType',
] as const;

/** Members of a package that its event carries, by the documented example. */
const ANNOUNCED = [
  'ModelPackageGroupName',
  'ModelPackageVersion',
  'ModelPackageArn',
  'InferenceSpecification',
  'ModelPackageStatus',
  'ModelPackageStatusDetails',
  'CertifyForMarketplace',
  'ModelApprovalStatus',
  'MetadataProperties',
  'ModelMetrics',
  'ModelLifeCycle',
] as const;

/** Model package groups and their versions. */
export function registry(world: World): Handlers {
  const groups = new Map<string, Group>();
  const by = async (caller: Caller) => {
    const Arn = await world.options.identify?.(caller);
    return Arn ? { IamIdentity: { Arn } } : {};
  };

  const group = (nameOrArn: string): Group => {
    const found = groups.get(plain(nameOrArn));
    if (!found)
      throw invalid(
        `Model package group ${world.arn('model-package-group', plain(nameOrArn))} does not exist`,
      );
    return found;
  };
  const version = (nameOrArn: string): { group: Group; number: number; record: Fields } => {
    const [, name = '', number = ''] = /^(.+)\/(\d+)$/.exec(plain(nameOrArn)) ?? [];
    const owner = groups.get(name);
    const record = owner?.packages.get(Number(number));
    if (!owner || !record)
      throw invalid(`ModelPackage ${world.arn('model-package', plain(nameOrArn))} does not exist`);
    return { group: owner, number: Number(number), record };
  };
  const announce = (record: Fields, updated?: readonly string[]) => {
    world.emit('SageMaker Model Package State Change', [String(record.ModelPackageArn)], {
      ...Object.fromEntries(
        ANNOUNCED.map((member) => [member, record[member]]).filter(([, value]) => value !== undefined),
      ),
      CreationTime: iso(Number(record.CreationTime)),
      LastModifiedTime: iso(Number(record.LastModifiedTime ?? record.CreationTime)),
      ...(updated && { UpdatedModelPackageFields: updated }),
    });
  };

  return {
    CreateModelPackageGroup: async ({ Tags, ...request }: Valid<CreateModelPackageGroupInput>, caller) => {
      const createdBy = await by(caller);
      const name = request.ModelPackageGroupName;
      if (groups.has(name)) throw invalid('Model Package Group already exists');
      const ModelPackageGroupArn = world.arn('model-package-group', name);
      const record = {
        ...request,
        ModelPackageGroupArn,
        CreationTime: seconds(),
        CreatedBy: createdBy,
        ModelPackageGroupStatus: 'Completed',
      };
      groups.set(name, { record, packages: new Map(), last: 0 });
      born(world, ModelPackageGroupArn, Tags);
      return { ModelPackageGroupArn };
    },
    DescribeModelPackageGroup: ({ ModelPackageGroupName }: Valid<DescribeModelPackageGroupInput>) =>
      group(ModelPackageGroupName).record,
    ListModelPackageGroups: (input: Valid<ListModelPackageGroupsInput>) =>
      page(input, {
        records: [...groups.values()].map(({ record }) => record),
        as: 'ModelPackageGroupSummaryList',
        name: 'ModelPackageGroupName',
        order: 'Ascending',
      }),
    DeleteModelPackageGroup: ({ ModelPackageGroupName }: Valid<DeleteModelPackageGroupInput>) => {
      const { packages, record } = group(ModelPackageGroupName);
      if (packages.size > 0)
        throw conflict(
          `Model Package Group ${record.ModelPackageGroupArn} has model packages; delete them first`,
        );
      groups.delete(plain(ModelPackageGroupName));
      world.tags.delete(String(record.ModelPackageGroupArn));
      return {};
    },

    CreateModelPackage: async (request: Valid<CreateModelPackageInput>, caller) => {
      if (!request.ModelPackageGroupName) throw notRehearsed('An unversioned model package');
      if (request.ModelPackageName)
        throw invalid(
          'Both ModelPackageName and ModelPackageGroupName were given; a versioned package has no name of its own',
        );
      if (request.Tags?.length)
        throw invalid('A versioned model package carries the tags of its group; leave Tags out');
      if (!request.InferenceSpecification && !request.SourceUri)
        throw invalid('One of InferenceSpecification and SourceUri is required');
      const createdBy = await by(caller);
      const owner = group(request.ModelPackageGroupName);
      owner.last += 1;
      const name = plain(request.ModelPackageGroupName);
      const ModelPackageArn = world.arn('model-package', `${name}/${owner.last}`);
      const record: Fields = {
        ...request,
        // Required by the service model; no page says what it is for a versioned package.
        ModelPackageName: name,
        ModelPackageGroupName: name,
        ModelPackageVersion: owner.last,
        ModelPackageArn,
        CreationTime: seconds(),
        CreatedBy: createdBy,
        ModelPackageStatus: 'Completed',
        ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
        CertifyForMarketplace: request.CertifyForMarketplace ?? false,
        ModelApprovalStatus: request.ModelApprovalStatus ?? 'PendingManualApproval',
      };
      owner.packages.set(owner.last, record);
      born(world, ModelPackageArn);
      announce(record);
      return { ModelPackageArn };
    },
    DescribeModelPackage: ({ ModelPackageName }: Valid<DescribeModelPackageInput>) =>
      version(ModelPackageName).record,
    ListModelPackages: (input: Valid<ListModelPackagesInput>) => {
      const owners = input.ModelPackageGroupName
        ? [group(input.ModelPackageGroupName)]
        : [...groups.values()];
      // Without a group the operation lists unversioned packages unless told otherwise, and there are none here.
      const versions =
        input.ModelPackageGroupName || ['Versioned', 'Both'].includes(input.ModelPackageType ?? '');
      const records = versions ? owners.flatMap(({ packages }) => [...packages.values()]) : [];
      return page(input, {
        records: records.filter(
          (record) => !input.ModelApprovalStatus || record.ModelApprovalStatus === input.ModelApprovalStatus,
        ),
        as: 'ModelPackageSummaryList',
        name: 'ModelPackageGroupName',
        order: 'Ascending',
      });
    },
    UpdateModelPackage: async (input: Valid<UpdateModelPackageInput>, caller) => {
      const lastModifiedBy = await by(caller);
      const { record } = version(input.ModelPackageArn);
      const from = String(record.ModelApprovalStatus);
      const to = input.ModelApprovalStatus;
      if (to && !MOVES[from]?.includes(to)) {
        throw invalid(
          `ModelApprovalStatus cannot change from ${from} to ${to}, allowed: ${MOVES[from]?.join(', ')}`,
        );
      }
      const updated: string[] = [];
      for (const member of REPLACED) {
        if (input[member] === undefined) continue;
        record[member] = input[member];
        updated.push(member);
      }
      if (input.CustomerMetadataProperties || input.CustomerMetadataPropertiesToRemove) {
        const properties = {
          ...(record.CustomerMetadataProperties as Fields),
          ...input.CustomerMetadataProperties,
        };
        for (const key of input.CustomerMetadataPropertiesToRemove ?? []) delete properties[key];
        record.CustomerMetadataProperties = properties;
        updated.push('CustomerMetadataProperties');
      }
      if (input.AdditionalInferenceSpecificationsToAdd)
        throw notRehearsed('AdditionalInferenceSpecificationsToAdd');
      record.LastModifiedTime = seconds();
      record.LastModifiedBy = lastModifiedBy;
      announce(record, updated);
      return { ModelPackageArn: record.ModelPackageArn };
    },
    DeleteModelPackage: ({ ModelPackageName }: Valid<DeleteModelPackageInput>) => {
      const { group: owner, number, record } = version(ModelPackageName);
      owner.packages.delete(number);
      world.tags.delete(String(record.ModelPackageArn));
      return {};
    },
  };
}
