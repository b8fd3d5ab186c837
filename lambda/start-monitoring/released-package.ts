import { DescribeModelPackageCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';

/** What a monitoring job takes from the package that is in service: it is judged by its own means. */
export interface ReleasedPackage {
  readonly image: string;
  /** Names the code bundle `code/<hash>/`. */
  readonly codeHash: string;
  /** Folder of the statistics that the evaluation wrote, `s3://…/`. */
  readonly baseline: string;
}

/** @throws naming what the package lacks; it was then not registered by this project's pipeline */
export async function releasedPackage(
  sagemaker: SageMakerClient,
  packageArn: string,
): Promise<ReleasedPackage> {
  const described = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
  const image = described.InferenceSpecification?.Containers?.[0]?.Image;
  const codeHash = described.CustomerMetadataProperties?.codeHash;
  const statistics = described.DriftCheckBaselines?.ModelDataQuality?.Statistics?.S3Uri;
  if (image === undefined || codeHash === undefined || statistics === undefined) {
    const missing = Object.entries({
      'InferenceSpecification.Containers[0].Image': image,
      'CustomerMetadataProperties.codeHash': codeHash,
      'DriftCheckBaselines.ModelDataQuality.Statistics.S3Uri': statistics,
    }).filter(([, value]) => value === undefined);
    throw new Error(
      `${packageArn} has no ${missing.map(([name]) => name).join(', no ')}: release a version that the pipeline registered`,
    );
  }
  return { image, codeHash, baseline: statistics.slice(0, statistics.lastIndexOf('/') + 1) };
}
