import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CachedValidation } from './cached-validation';

export interface GatesOptions {
  /** Folder for findings about templates that have not changed since; may be deleted at any time. */
  readonly cache: string;

  /** Version of aws-cdk-lib, which brings the rules. */
  readonly library: string;

  /** Whether CloudFormation's rules are asked too; unit tests leave them out for their seconds. */
  readonly cloudFormationRules: boolean;
}

/**
 * What every synthesis must pass: AWS Solutions' rules of cdk-nag over the constructs, never from a cache, and
 * CloudFormation's own rules over the templates.
 */
export function addGates(app: App, { cache, library, cloudFormationRules }: GatesOptions): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  if (cloudFormationRules) Validations.of(app).addPlugins(new CachedValidation(cache, library));
}
