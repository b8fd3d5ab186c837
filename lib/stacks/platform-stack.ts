import { PermissionsBoundary, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../config/names';
import type { Network, Platform } from '../config/platform';
import { ApiLogRole } from '../constructs/api-log-role';
import { Boundary } from '../constructs/boundary';
import { Budget } from '../constructs/budget';
import { DeliveryRole } from '../constructs/delivery-role';
import { environmentCeiling } from '../constructs/environment-ceiling';
import { ExistingNetwork } from '../constructs/existing-network';
import { MailTopic } from '../constructs/mail-topic';
import { PrivateNetwork } from '../constructs/private-network';
import { ReviewRole } from '../constructs/review-role';

export interface PlatformStackProps extends Omit<StackProps, 'permissionsBoundary'> {
  /** Short name, for the sender of mails. */
  readonly organisation: string;
  readonly environmentName: string;
  readonly network: Network;
  readonly alerts: Platform['alerts'];
  readonly guardrails: Platform['guardrails'];

  /** Regions that roles may ask. */
  readonly regions: readonly string[];

  /** Account that delivers, and the names of the roles there that do and that gather evidence, as patterns. */
  readonly delivery: { readonly account: string; readonly roles: string; readonly reviewers: string };
  readonly names: PlatformNames;

  /** Tag that tells this environment's costs from those of others. */
  readonly costTag: { readonly key: string; readonly value: string };

  /** True in one platform an account and region: API Gateway has one log role there. */
  readonly ownsApiLogRole: boolean;
}

/** What all projects of an environment share: a network, alert topics, guard rails, and the roles that deliver and review. */
export class PlatformStack extends Stack {
  private readonly zones: readonly string[];

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    const organisations = props.guardrails.permissions_boundary;
    super(scope, id, {
      ...props,
      ...(organisations && { permissionsBoundary: PermissionsBoundary.fromName(organisations) }),
    });
    const { environmentName, names, network, delivery } = props;
    this.zones = 'zones' in network ? network.zones : [];
    if (!organisations) this.bound(props);

    this.publishNetwork(network, names);
    const page = this.topic('Page', 'page', props);
    const inform = this.topic('Inform', 'inform', props);
    this.publish('PageTopicArn', names.parameters.pageTopicArn, page.topicArn);
    this.publish('InformTopicArn', names.parameters.informTopicArn, inform.topicArn);

    const limit = props.guardrails.monthly_budget_usd;
    if (limit) new Budget(this, 'Budget', { name: names.budget, limit, tag: props.costTag, topic: inform });
    if (props.ownsApiLogRole) new ApiLogRole(this, 'ApiLogRole');
    new DeliveryRole(this, 'DeliveryRole', {
      roleName: names.deliveryRole,
      environment: environmentName,
      deliveryAccount: delivery.account,
      trusted: delivery.roles,
    });
    new ReviewRole(this, 'ReviewRole', {
      roleName: names.reviewRole,
      environment: environmentName,
      deliveryAccount: delivery.account,
      trusted: delivery.reviewers,
    });
  }

  /** The zones of platform.yaml; CDK would otherwise look them up with credentials. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }

  /** A ceiling of our own, over every role of this stack and, by its name, over those of the projects. */
  private bound({ environmentName, names, regions, guardrails }: PlatformStackProps): void {
    const { policy } = new Boundary(this, 'Boundary', {
      policyName: names.boundary,
      description: `The most that any role of ${environmentName} may do`,
      allow: environmentCeiling(this, environmentName),
      regions,
      instances: guardrails.instances,
    });
    iam.PermissionsBoundary.of(this).apply(policy);
  }

  private publishNetwork(network: Network, { stack, parameters }: PlatformNames): void {
    const { vpcId, subnetIds, securityGroupId } =
      'zones' in network
        ? new PrivateNetwork(this, 'Network', {
            zones: network.zones,
            flowLogGroupName: `/aws/vpc/${stack}`,
          })
        : new ExistingNetwork(this, 'Network', {
            vpcId: network.vpc,
            subnetIds: network.subnets,
            securityGroupId: network.security_group,
          });
    this.publish('VpcId', parameters.vpcId, vpcId);
    subnetIds.forEach((subnetId, index) => {
      this.publish(`Subnet${index + 1}`, parameters.subnetIds[index] ?? '', subnetId);
    });
    this.publish('SecurityGroupId', parameters.securityGroupId, securityGroupId);
  }

  private topic(id: string, what: 'page' | 'inform', props: PlatformStackProps): sns.Topic {
    return new MailTopic(this, id, {
      topicName: `${props.names.stack}-${what}`,
      displayName: `MLOps ${props.environmentName}`,
      email: props.alerts[what],
    }).topic;
  }

  private publish(id: string, parameterName: string, stringValue: string): void {
    new ssm.StringParameter(this, `${id}Parameter`, { parameterName, stringValue });
  }
}
