import { DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { arnsOf } from './arns';

/**
 * ARNs of the roles that `cdk bootstrap` made in the account and region of a stack, for whoever deploys there.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export function bootstrapRolesOf(scope: IConstruct) {
  const stack = Stack.of(scope);
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  const role = (what: string) =>
    arnsOf(scope).role(`cdk-${qualifier}-${what}-role-${stack.account}-${stack.region}`);
  return {
    deploy: role('deploy'),
    filePublishing: role('file-publishing'),
    imagePublishing: role('image-publishing'),
    lookup: role('lookup'),
  };
}
