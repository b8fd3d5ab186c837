import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, PutRolePermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { isRecord, type Template } from '../adapter/template';
import type { Emulator } from '../emulator/emulator';

/**
 * Puts the boundary over each role of a stack that was deployed: the emulator's CloudFormation drops it, its IAM enforces
 * it.
 *
 * @param template what the stack was deployed from
 */
export async function boundRoles(
  emulator: Pick<Emulator, 'client'>,
  stack: string,
  template: Template,
): Promise<void> {
  const bounded = Object.entries(template.Resources ?? {}).filter(
    ([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties?.PermissionsBoundary,
  );
  if (bounded.length === 0) return;
  const { StackResources = [] } = await new CloudFormationClient(emulator.client).send(
    new DescribeStackResourcesCommand({ StackName: stack }),
  );
  // What a rollback has undone is still told of.
  const there = StackResources.filter(({ ResourceStatus }) =>
    /^(CREATE|UPDATE)_COMPLETE$/.test(`${ResourceStatus}`),
  );
  const madeOf = new Map(there.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
  const iam = new IAMClient(emulator.client);
  await Promise.all(
    bounded.map(async ([logicalId, { Properties }]) => {
      const given = Properties?.PermissionsBoundary;
      const PermissionsBoundary = isRecord(given) ? madeOf.get(String(given.Ref)) : String(given);
      const RoleName = madeOf.get(logicalId);
      if (RoleName) await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    }),
  );
}
