import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { arnsOf } from './arns';
import { allow } from './permissions';
import { type JobNetwork, SageMakerRole } from './sagemaker-role';

export interface ModelRoleProps {
  readonly roleName: string;
  readonly endpointName: string;
  readonly artifactsBucket: string;
  readonly recordsBucket: string;
  readonly repositoryArn: string;
  readonly keyAlias: string;

  /** Names of the alarms that take a canary back. */
  readonly alarms: readonly string[];
  readonly network: JobNetwork;
}

/** The role of the model in service: reads models, and writes what it was asked and answered. */
export class ModelRole extends Construct {
  public readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: ModelRoleProps) {
    super(scope, id);
    const { bucket, objects, alarm } = arnsOf(this);
    this.role = new SageMakerRole(this, 'Resource', {
      roleName: props.roleName,
      description: `The model behind the endpoint ${props.endpointName}`,
      logGroups: [`Endpoints/${props.endpointName}`],
      repositoryArns: [props.repositoryArn],
      keyAlias: props.keyAlias,
      network: props.network,
    }).role;
    allow(
      this.role,
      { actions: ['s3:ListBucket'], resources: [bucket(props.artifactsBucket)] },
      {
        actions: ['s3:GetObject'],
        resources: [objects(props.artifactsBucket, 'models/')],
        because: 'a model lies below the name of the job that trained it',
      },
      {
        actions: ['s3:PutObject'],
        resources: [objects(props.recordsBucket, `capture/${props.endpointName}/`)],
        because: 'captured records are named by time',
      },
      // AWS asks it of "the execution role", and does not say whether that is the caller of the update or this one.
      { actions: ['cloudwatch:DescribeAlarms'], resources: props.alarms.map(alarm) },
    );
  }
}
