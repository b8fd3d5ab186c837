import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand, type DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Evaluation, evaluationKey, metricsLines } from '../../pipelines/evaluation';
import type { Dependencies } from './dependencies';

/** A registered model, as the owner is told of it. */
export interface Model {
  readonly version: number;
  readonly approval: string | undefined;

  /** Why it was approved or rejected, in the words of whoever did. */
  readonly decision: string | undefined;

  /** The gate's sentence, where it comes from, and its metrics. */
  readonly about: readonly string[];
}

export async function modelOf(deps: Dependencies, packageArn: string): Promise<Model> {
  const described = await deps.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: packageArn }),
  );
  const { execution, commit, author, champion, reason } = described.CustomerMetadataProperties ?? {};
  const evaluation = execution ? await evaluationOf(deps, execution) : undefined;
  return {
    version: described.ModelPackageVersion ?? 0,
    approval: described.ModelApprovalStatus,
    decision: described.ApprovalDescription ?? modifier(described),
    about: [
      `The gate ${described.ModelPackageDescription ?? 'left no sentence'}`,
      ...origin({ reason, commit, author, champion }),
      ...metricsOf(evaluation),
    ],
  };
}

/** What a training was started for and compared with. */
export interface Origin {
  readonly reason?: string | undefined;
  readonly commit?: string | undefined;
  readonly author?: string | undefined;
  /** ARN of a package, or `none`. */
  readonly champion?: string | undefined;
}

export function origin({
  reason = 'unknown',
  commit = 'unknown',
  author = 'unknown',
  champion,
}: Origin): string[] {
  return [
    `Compared with: ${champion?.startsWith('arn:') ? versionIn(champion) : 'no model, since none was in service'}`,
    `Trained for: ${reason}, commit ${commit} by ${author}`,
  ];
}

/** `version 3` for a package's ARN. */
const versionIn = (packageArn: string): string => `version ${packageArn.split('/').at(-1)}`;

/** An empty line and the metrics; nothing where there are none. */
export function metricsOf(evaluation: Evaluation | undefined): string[] {
  if (!evaluation) return ['Its metrics could not be read: the log of this function says why.'];
  const lines = metricsLines(evaluation);
  return lines.length > 0 ? ['', ...lines] : [];
}

/** @returns undefined when it cannot be read: the owner is better told without metrics than not at all */
export async function evaluationOf(
  { s3, settings }: Dependencies,
  execution: string,
): Promise<Evaluation | undefined> {
  const Key = evaluationKey(execution);
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: settings.ARTIFACTS_BUCKET, Key }));
    return JSON.parse((await object.Body?.transformToString()) ?? '') as Evaluation;
  } catch (error) {
    console.log(JSON.stringify({ did: 'no metrics', key: Key, why: String(error) }));
    return undefined;
  }
}

/** One sentence on what callers get now. */
export async function inService({ dynamodb, settings }: Dependencies) {
  const { Item } = await dynamodb.send(
    new GetCommand({ TableName: settings.STATE_TABLE, Key: { pk: 'release' }, ConsistentRead: true }),
  );
  const current: { version: number; config: string; packageArn: string } | undefined = Item?.current;
  const sentence = current ? `Version ${current.version} is in service.` : 'No version is in service.';
  return { current, sentence };
}

function modifier({ LastModifiedBy: by }: DescribeModelPackageOutput): string | undefined {
  const who = by?.IamIdentity?.Arn ?? by?.UserProfileName;
  return who && `by ${who}`;
}
