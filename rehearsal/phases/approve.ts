import { DescribeModelPackageCommand, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { APPROVED_BY_POLICY } from '../../lambda/approve-model/contract';
import type { Stage } from '../stage';

const POLL_MS = 100;
const PATIENCE_MS = 20_000;

/** Approves a pending package where a person does, in that person's place; where the policy does, waits for it. */
export async function approve(stage: Stage, packageArn: string) {
  const evidence = `${packageArn.split('/').slice(-2).join('/')} is Approved`;
  if (stage.outputs.ModelApproval === 'auto') {
    await approvedByPolicy(stage, packageArn);
    return { happened: 'approved by policy', evidence };
  }
  await stage.aws.sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: packageArn,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'approved by the rehearsal in place of a person',
    }),
  );
  return { happened: 'approved by the rehearsal in place of a person', evidence };
}

/** @throws when the function that approves did not, with its last lines */
async function approvedByPolicy(stage: Stage, packageArn: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const model = await stage.aws.sagemaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: packageArn }),
    );
    const { ModelApprovalStatus: status, ApprovalDescription: words } = model;
    if (status === 'Approved' && words === APPROVED_BY_POLICY) return;
    if (Date.now() > until) {
      const log = await stage.functionLog(`${stage.outputs.EndpointName}-approve-model`);
      throw new Error(`${packageArn} is ${status}; the last lines of approve-model:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
