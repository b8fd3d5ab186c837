import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { evaluationKey } from '../../pipelines/evaluation';
import { arnsOf } from './arns';
import { allow, rolesNamed } from './permissions';

export interface ReviewRoleProps {
  readonly roleName: string;
  readonly environment: string;

  /** Account that builds and delivers; may be this one. */
  readonly deliveryAccount: string;

  /** Name that the roles in that account have which gather evidence, as a pattern. */
  readonly trusted: string;
}

/**
 * What may be read of an environment before anybody approved a change of it: the templates of its stacks, and how its
 * newest model did. The commit that asks for the approval runs with it, so it writes nothing and starts nothing.
 */
export class ReviewRole extends Construct {
  constructor(scope: Construct, id: string, props: ReviewRoleProps) {
    super(scope, id);
    const { environment } = props;
    const { account, region } = Stack.of(this);
    const { bucket, sagemaker } = arnsOf(this);
    const artifacts = bucket(`*-${environment}-artifacts-${account}-${region}`);
    const role = new iam.Role(this, 'Resource', {
      roleName: props.roleName,
      description: `What an approval for ${environment} may be told, read only`,
      assumedBy: rolesNamed(props.trusted, props.deliveryAccount),
    });
    allow(
      role,
      {
        actions: ['cloudformation:GetTemplate'],
        resources: [this.arn('cloudformation', `stack/*-${environment}-*/*`)],
        because: `${EVERY_PROJECT}; the id of a stack is made by CloudFormation`,
      },
      {
        actions: ['sagemaker:ListPipelineExecutions'],
        resources: [sagemaker('pipeline', `*-${environment}`)],
        because: EVERY_PROJECT,
      },
      {
        actions: ['s3:GetObject'],
        resources: [`${artifacts}/${evaluationKey('*')}`],
        because: `${EVERY_PROJECT}; the folder of an evaluation has the id of its execution`,
      },
      // Without it, S3 does not say that an object is not there.
      { actions: ['s3:ListBucket'], resources: [artifacts], because: EVERY_PROJECT },
      {
        actions: ['kms:Decrypt'],
        resources: [this.arn('kms', 'key/*')],
        conditions: { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': `alias/*-${environment}` } },
        because: `${EVERY_PROJECT}; a policy cannot name a key by its alias, so the condition does`,
      },
    );
  }

  private arn(service: string, resource: string): string {
    return Stack.of(this).formatArn({ service, resource });
  }
}

/** The reason of every pattern on names: which projects there will be is not known when the platform is deployed. */
const EVERY_PROJECT =
  'one role reads for every project of this environment, by the names their resources have; the platform is deployed before they exist';
