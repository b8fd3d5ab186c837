import type { Stack } from 'aws-cdk-lib';
import { PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { deliveryNamesOf } from '../config/names';
import type { Platform } from '../config/platform';
import { allowedRegions } from '../config/regions';
import { Boundary } from '../constructs/boundary';
import { deliveryCeiling } from '../constructs/delivery-ceiling';

/**
 * Puts a ceiling over every role of a project's delivery, in its own stack: there is no platform in the delivery account
 * that could bring one. Where the organisation has a boundary of its own, the stack was given that.
 */
export function boundDelivery(stack: Stack, platform: Platform, project: string): void {
  if (platform.guardrails.permissions_boundary) return;
  const { policy } = new Boundary(stack, 'Boundary', {
    policyName: deliveryNamesOf({ ...platform.delivery, project }).boundary,
    description: `The most that any role of the delivery of ${project} may do`,
    allow: deliveryCeiling(stack, project),
    regions: allowedRegions(platform),
    instances: platform.guardrails.instances,
  });
  PermissionsBoundary.of(stack).apply(policy);
}
