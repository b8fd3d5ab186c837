import {
  DescribeModelPackageCommand,
  type SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { APPROVED_BY_POLICY, type ApproveModelOutcome } from './contract';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-model-package */
export interface PendingEvent {
  readonly detail: { readonly ModelPackageArn: string };
}

/**
 * Approves a model that passed the gate, where no person is asked. The event is a hint and may come twice or late: only
 * a package that is pending now is approved, so that what a person decided meanwhile stays.
 */
export function approveModel({ sagemaker }: { readonly sagemaker: SageMakerClient }) {
  return async ({ detail }: PendingEvent): Promise<ApproveModelOutcome> => {
    const { ModelPackageArn } = detail;
    const { ModelApprovalStatus: status } = await sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }),
    );
    const pending = status === 'PendingManualApproval';
    if (pending) {
      await sagemaker.send(
        new UpdateModelPackageCommand({
          ModelPackageArn,
          ModelApprovalStatus: 'Approved',
          ApprovalDescription: APPROVED_BY_POLICY,
        }),
      );
    }
    const outcome: ApproveModelOutcome = pending ? 'approved' : 'not pending';
    console.log(JSON.stringify({ did: outcome, packageArn: ModelPackageArn, was: status }));
    return outcome;
  };
}
