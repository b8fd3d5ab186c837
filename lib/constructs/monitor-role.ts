import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { arnsOf } from './arns';
import { allow } from './permissions';
import { type JobNetwork, SageMakerRole } from './sagemaker-role';

export interface MonitorRoleProps {
  readonly roleName: string;
  readonly artifactsBucket: string;
  readonly recordsBucket: string;
  readonly repositoryArn: string;
  readonly keyAlias: string;
  readonly network: JobNetwork;
}

/** The role of monitoring jobs: reads code, baseline and records, and writes the report and the labelled rows. */
export class MonitorRole extends Construct {
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: MonitorRoleProps) {
    super(scope, id);
    const { bucket, objects } = arnsOf(this);
    this.role = new SageMakerRole(this, 'Resource', {
      roleName: props.roleName,
      description: 'Monitoring jobs',
      logGroups: ['ProcessingJobs'],
      repositoryArns: [props.repositoryArn],
      keyAlias: props.keyAlias,
      network: props.network,
    }).role;
    allow(
      this.role,
      {
        actions: ['s3:ListBucket'],
        resources: [bucket(props.artifactsBucket), bucket(props.recordsBucket)],
      },
      {
        actions: ['s3:GetObject'],
        resources: [
          ...['code/', 'runs/', 'monitor/'].map((prefix) => objects(props.artifactsBucket, prefix)),
          ...['capture/', 'feedback/'].map((prefix) => objects(props.recordsBucket, prefix)),
        ],
        because: 'code, baselines, manifests and records are named by content, execution, job and time',
      },
      {
        actions: ['s3:PutObject'],
        resources: [objects(props.artifactsBucket, 'monitor/'), objects(props.recordsBucket, 'labelled/')],
        because: 'outputs lie below the name of the job',
      },
    );
  }
}
