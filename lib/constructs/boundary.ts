import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Permission, wildcardsOf } from './permissions';

export interface BoundaryProps {
  readonly policyName: string;
  readonly description: string;

  /** What roles may be given at most. Anything else is denied, whatever their own policies say. */
  readonly allow: readonly Permission[];

  /** Regions that may be asked. */
  readonly regions: readonly string[];

  /** Patterns of SageMaker's instance types that may be started, such as `ml.m5.*`. */
  readonly instances: readonly string[];
}

/** Services without regions: their requests all go to one. */
const GLOBAL = ['iam:*', 'sts:*'];

/**
 * What starts machines of SageMaker, with `sagemaker:InstanceTypes` in its request.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
const STARTS_MACHINES = [
  'sagemaker:CreateEndpointConfig',
  'sagemaker:CreateProcessingJob',
  'sagemaker:CreateTrainingJob',
];

/**
 * The ceiling of every role: a role may do what its own policies *and* this one allow.
 *
 * It gives nothing. What it leaves out cannot be given by mistake either: writing IAM (so no role changes this policy or
 * takes it off), the policies of buckets and keys, the platform itself.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class Boundary extends Construct {
  public readonly policy: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: BoundaryProps) {
    super(scope, id);
    const { allow, regions, instances } = props;
    this.policy = new iam.ManagedPolicy(this, 'Resource', {
      managedPolicyName: props.policyName,
      description: props.description,
      statements: [
        ...allow.map(
          ({ actions, resources, conditions }) =>
            new iam.PolicyStatement({
              actions: [...actions],
              resources: [...resources],
              ...(conditions && { conditions }),
            }),
        ),
        deny('OtherRegions', { notActions: GLOBAL }, { StringNotEquals: { 'aws:RequestedRegion': regions } }),
        deny(
          'OtherInstances',
          { actions: STARTS_MACHINES },
          // One instance type that fits none of the patterns is enough.
          { 'ForAnyValue:StringNotLike': { 'sagemaker:InstanceTypes': instances } },
        ),
        deny(
          'WithoutTls',
          { actions: ['dynamodb:*', 's3:*', 'sns:*', 'sqs:*'] },
          { Bool: { 'aws:SecureTransport': 'false' } },
        ),
      ],
    });
    for (const permission of allow) {
      const reason =
        permission.because ?? 'a ceiling gives nothing; the policies of the roles name what they may use';
      Validations.of(this.policy).acknowledge(
        ...wildcardsOf(permission).map((finding) => ({ id: `AwsSolutions-IAM5[${finding}]`, reason })),
      );
    }
  }
}

function deny(
  sid: string,
  what: Pick<iam.PolicyStatementProps, 'actions' | 'notActions'>,
  conditions: iam.Conditions,
): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, effect: iam.Effect.DENY, ...what, resources: ['*'], conditions });
}
