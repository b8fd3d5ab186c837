import {
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

/** A registered version of a project's model. */
export interface RegisteredModel {
  readonly version: number;
  readonly arn: string;
  readonly approval: string;

  /** Who decided on it and why, as they said. */
  readonly decision: string | undefined;

  /** The gate's sentence. */
  readonly sentence: string;
  readonly created: Date | undefined;

  /** E-mail address; `unknown` where the merge named none. */
  readonly author: string | undefined;
  readonly commit: string | undefined;

  /** ARN of the package it was compared with, or `none`. */
  readonly champion: string;

  /** Id of the execution that made it. */
  readonly execution: string | undefined;
}

/** @param nameOrArn ARN of a package; a versioned one has no name */
export async function describeModel(sagemaker: SageMakerClient, arn: string): Promise<RegisteredModel> {
  const model = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  const { author, commit, champion, execution } = model.CustomerMetadataProperties ?? {};
  return {
    version: model.ModelPackageVersion ?? 0,
    arn: model.ModelPackageArn ?? arn,
    approval: model.ModelApprovalStatus ?? 'unknown',
    decision: model.ApprovalDescription,
    sentence: model.ModelPackageDescription ?? 'left no sentence',
    created: model.CreationTime,
    author,
    commit,
    champion: champion ?? 'none',
    execution,
  };
}

/** Waiting versions that are described; more of them wait for nobody any more. */
const MOST = 5;

/** Versions that wait for a decision, the newest first. */
export async function pendingModels(sagemaker: SageMakerClient, group: string): Promise<RegisteredModel[]> {
  const { ModelPackageSummaryList = [] } = await sagemaker.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: group,
      ModelApprovalStatus: 'PendingManualApproval',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: MOST,
    }),
  );
  const arns = ModelPackageSummaryList.flatMap(({ ModelPackageArn }) => ModelPackageArn ?? []);
  return Promise.all(arns.map((arn) => describeModel(sagemaker, arn)));
}

/** ARN of a version, which is how a versioned package is named. */
export const modelArn = (
  at: { readonly account: string; readonly region: string },
  group: string,
  version: number,
) => `arn:aws:sagemaker:${at.region}:${at.account}:model-package/${group}/${version}`;

/** `version 3` for a package's ARN, `no version` for `none`. */
export const versionIn = (packageArn: string | undefined): string =>
  packageArn?.startsWith('arn:') ? `version ${packageArn.split('/').at(-1)}` : 'no version';
