import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface ProjectBucketsProps {
  readonly artifactsName: string;
  readonly recordsName: string;
  readonly logsName: string;
  readonly key: kms.IKey;

  /** Days that captured requests and their corrections are kept. */
  readonly keepDays: number;
}

/** Days that access logs are kept. */
const LOG_DAYS = 365;

/** Days that checkpoints are kept: longer than any training may wait and run, after which nobody reads them. */
const CHECKPOINT_DAYS = 14;

/** Days that replaced or deleted versions can be brought back. */
const UNDO_DAYS = 30;

/**
 * The three buckets of a project: *artifacts* (code, data versions, runs, models), *records* (captured requests and
 * corrections: personal data, kept for as long as the project says) and *logs* (who read the other two).
 */
export class ProjectBuckets extends Construct {
  public readonly artifacts: s3.Bucket;
  public readonly records: s3.Bucket;

  constructor(scope: Construct, id: string, props: ProjectBucketsProps) {
    super(scope, id);

    // Access logs can only be delivered to a bucket that S3 encrypts with a key of its own.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    const logs = new s3.Bucket(this, 'Logs', {
      ...SHARED,
      bucketName: props.logsName,
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [
        { id: 'expire', expiration: Duration.days(LOG_DAYS), noncurrentVersionExpiration: Duration.days(1) },
      ],
      serverAccessLogsPrefix: 'logs/',
    });
    const encrypted = {
      ...SHARED,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: logs,
    };
    this.artifacts = new s3.Bucket(this, 'Artifacts', {
      ...encrypted,
      bucketName: props.artifactsName,
      serverAccessLogsPrefix: 'artifacts/',
      lifecycleRules: [
        { id: 'undo', ...UNDO },
        { id: 'expire-checkpoints', prefix: 'checkpoints/', expiration: Duration.days(CHECKPOINT_DAYS) },
      ],
    });
    this.records = new s3.Bucket(this, 'Records', {
      ...encrypted,
      bucketName: props.recordsName,
      serverAccessLogsPrefix: 'records/',
      lifecycleRules: [
        ...['capture/', 'feedback/'].map((prefix) => ({
          id: `expire-${prefix.slice(0, -1)}`,
          prefix,
          expiration: Duration.days(props.keepDays),
          // What is forgotten must be gone: an expired record is not kept as an old version.
          noncurrentVersionExpiration: Duration.days(1),
        })),
        { id: 'undo', prefix: 'labelled/', ...UNDO },
      ],
    });
  }
}

const SHARED = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  versioned: true,
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
} as const;

const UNDO = {
  noncurrentVersionExpiration: Duration.days(UNDO_DAYS),
  abortIncompleteMultipartUploadAfter: Duration.days(7),
};
