import { Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/** Some actions on some resources. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];

  /** @default - without further condition */
  readonly conditions?: iam.Conditions;

  /**
   * Why each wildcard in `actions` and `resources` is acceptable, for an auditor.
   *
   * @default - there is no wildcard; with one, this is an error
   */
  readonly because?: string;
}

/**
 * Gives a role permissions, and acknowledges their wildcards beside them.
 *
 * cdk-nag reports every wildcard as a finding of its own and matches no prefixes, so each is acknowledged by its
 * exact id. Resources with wildcards must be literals: an id with a token in it matches nothing.
 *
 * @throws when a wildcard has no reason
 */
export function allow(role: iam.Role, ...permissions: Permission[]): void {
  for (const permission of permissions) {
    const { actions, resources, conditions, because } = permission;
    const findings = wildcardsOf(permission);
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
    if (findings.length === 0) continue;
    if (!because) {
      throw new Error(
        `${role.node.path} has wildcards without a reason: ${findings.join(', ')} · say why in because`,
      );
    }
    acknowledgeWildcards(role, findings, because);
  }
}

/** Accepts wildcard findings of a construct's policies, each by its exact id and with one reason. */
export function acknowledgeWildcards(role: iam.Role, findings: readonly string[], reason: string): void {
  Validations.of(role).acknowledge(
    ...findings.map((finding) => ({ id: `AwsSolutions-IAM5[${finding}]`, reason })),
  );
}

/** The wildcards of a permission, each as the part in brackets of cdk-nag's finding `AwsSolutions-IAM5[…]`. */
export function wildcardsOf({ actions, resources }: Permission): string[] {
  return [
    ...actions.filter(hasWildcard).map((action) => `Action::${action}`),
    ...resources.filter(hasWildcard).map((resource) => `Resource::${resource}`),
  ];
}

/** Only requests that a service makes for this account: nobody else can make the service act for them. */
export function servicePrincipal(service: string, account: string): iam.ServicePrincipal {
  return new iam.ServicePrincipal(service, {
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  });
}

/** Roles of an account by a pattern on their names: for a trust that is written before they are made. */
export function rolesNamed(pattern: string, account: string): iam.IPrincipal {
  return new iam.AccountPrincipal(account).withConditions({
    ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${pattern}` },
  });
}

function hasWildcard(text: string): boolean {
  return text.includes('*');
}
