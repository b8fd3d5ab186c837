import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { paginateListModelPackages } from '@aws-sdk/client-sagemaker';
import type { Stage } from '../../../rehearsal/stage';

/** All that must never be lost: each stored object with its content's tag, and each registered version. */
export async function inventory(stage: Stage): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const Bucket of [stage.outputs.ArtifactsBucket, stage.outputs.RecordsBucket]) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: stage.aws.s3 }, { Bucket })) {
      for (const { Key, ETag } of Contents) found.set(`s3://${Bucket}/${Key}`, ETag ?? '');
    }
  }
  const packages = paginateListModelPackages(
    { client: stage.aws.sagemaker },
    { ModelPackageGroupName: stage.outputs.ModelPackageGroup },
  );
  for await (const { ModelPackageSummaryList = [] } of packages) {
    for (const { ModelPackageArn, ModelPackageStatus } of ModelPackageSummaryList)
      found.set(ModelPackageArn ?? '', ModelPackageStatus ?? '');
  }
  return found;
}
