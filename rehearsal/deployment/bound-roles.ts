import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, PutRolePermissionsBoundaryCommand } from '@aws-sdk/client-iam';
import { isRecord, type Template } from '../adapter/template';
import type { Emulator } from '../emulator/emulator';

/**
 * Puts the boundary over each role of a stack that was deployed: the emulator's CloudFormation drops it, its IAM enforces
 * it.
 *
 * @param assembly folder of the assembly that was deployed
 */
export async function boundRoles(
  emulator: Pick<Emulator, 'client'>,
  assembly: string,
  stack: string,
): Promise<void> {
  const template: Template = JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8'));
  const bounded = Object.entries(template.Resources ?? {}).filter(
    ([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties?.PermissionsBoundary,
  );
  if (bounded.length === 0) return;
  const { StackResources = [] } = await new CloudFormationClient(emulator.client).send(
    new DescribeStackResourcesCommand({ StackName: stack }),
  );
  const madeOf = new Map(StackResources.map((one) => [one.LogicalResourceId, one.PhysicalResourceId]));
  const iam = new IAMClient(emulator.client);
  await Promise.all(
    bounded.map(([logicalId, { Properties }]) => {
      const given = Properties?.PermissionsBoundary;
      const PermissionsBoundary = isRecord(given) ? madeOf.get(String(given.Ref)) : String(given);
      const RoleName = madeOf.get(logicalId);
      return iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
    }),
  );
}
