import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allow } from './permissions';

export interface ApproveModelProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly modelPackageGroup: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Approves every model that passed its gate. It is there only where platform.yaml says `approval: { model: auto }`.
 *
 *     package is pending → rule → this function → Approved
 */
export class ApproveModel extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ApproveModelProps) {
    super(scope, id);
    const { function: approve, role } = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Approves models of ${props.modelPackageGroup} that passed their gate`,
      handlers: props.handlers,
      handler: 'approve-model',
      environment: {},
      deadLetterQueue: props.deadLetterQueue,
    });
    this.function = approve;
    allow(role, {
      actions: ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'],
      resources: [arnsOf(this).sagemaker('model-package', `${props.modelPackageGroup}/*`)],
      because: 'a package is numbered when it is made, within this one group',
    });

    new events.Rule(this, 'Pending', {
      description: `A model of ${props.modelPackageGroup} passed its gate`,
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Model Package State Change'],
        detail: {
          ModelPackageGroupName: [props.modelPackageGroup],
          ModelApprovalStatus: ['PendingManualApproval'],
        },
      },
      targets: [
        new targets.LambdaFunction(approve, {
          deadLetterQueue: props.deadLetterQueue,
          retryAttempts: 5,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
  }
}
