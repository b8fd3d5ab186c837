import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker';
import type { Stage } from '../stage';
import { follow } from './executions';
import { ownerTold } from './notices';
import { read } from './read';

/** What must stand with a registered model, so that one can tell later what it was made of. */
const RECORDED = [
  'fingerprint',
  'codeHash',
  'dataVersion',
  'commit',
  'author',
  'champion',
  'reason',
  'execution',
  'report',
];

/** Waits for the registration and checks that the package carries all that release and monitoring rely on. */
export async function register(stage: Stage, execution: string) {
  const steps = await follow(stage, execution, undefined);
  const arn = steps.get('Register')?.Metadata?.RegisterModel?.Arn;
  if (!arn) throw new Error('the execution ended without a registered model package');
  const model = await stage.aws.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  const missing = [
    ...RECORDED.filter((key) => !model.CustomerMetadataProperties?.[key]),
    ...(model.ModelMetrics?.ModelQuality?.Statistics?.S3Uri ? [] : ['metrics']),
    ...(model.DriftCheckBaselines?.ModelDataQuality?.Statistics?.S3Uri ? [] : ['baseline']),
  ];
  if (missing.length > 0) throw new Error(`${arn} lacks ${missing.join(', ')}`);
  const [, bucket = '', key = ''] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(model.CustomerMetadataProperties?.report ?? '') ?? [];
  if (!/<html/i.test(await read(stage, bucket, key))) throw new Error(`the report of ${arn} is no page`);
  const version = Number(model.ModelPackageVersion);
  const happened = `version ${version}, compared with champion ${model.CustomerMetadataProperties?.champion}`;
  // The policy may have approved it by now.
  if (stage.outputs.ModelApproval === 'auto') return { packageArn: arn, version, happened, evidence: arn };
  if (model.ModelApprovalStatus !== 'PendingManualApproval') {
    throw new Error(`${arn} is ${model.ModelApprovalStatus}; a new package waits for approval`);
  }
  const told = await ownerTold(stage, `model#${version}#pending`);
  return { packageArn: arn, version, happened: `${happened}; the owner reads "${told}"`, evidence: arn };
}
