import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../config/names';
import { ApiLogRole } from '../constructs/api-log-role';
import { MailTopic } from '../constructs/mail-topic';
import { PrivateNetwork } from '../constructs/private-network';

export interface PlatformStackProps extends StackProps {
  readonly environmentName: string;
  readonly zones: readonly string[];
  readonly alerts: { readonly page: string; readonly inform: string };
  readonly names: PlatformNames;

  /** True in one platform an account and region: API Gateway has one log role there. */
  readonly ownsApiLogRole: boolean;
}

/** What all projects of an environment share: a network, alert topics, and API Gateway's log role. */
export class PlatformStack extends Stack {
  private readonly zones: readonly string[];

  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    this.zones = props.zones;
    const { environmentName, names } = props;

    const network = new PrivateNetwork(this, 'Network', {
      zones: props.zones,
      flowLogGroupName: `/aws/vpc/${names.stack}`,
    });
    const mailTopic = (topicId: string, what: 'page' | 'inform') =>
      new MailTopic(this, topicId, {
        topicName: `${names.stack}-${what}`,
        displayName: `MLOps ${environmentName}`,
        email: props.alerts[what],
      }).topic;
    const page = mailTopic('Page', 'page');
    const inform = mailTopic('Inform', 'inform');
    if (props.ownsApiLogRole) new ApiLogRole(this, 'ApiLogRole');

    this.publish('VpcId', names.parameters.vpcId, network.vpc.vpcId);
    network.vpc.isolatedSubnets.forEach((subnet, index) => {
      this.publish(`Subnet${index + 1}`, names.parameters.subnetIds[index] ?? '', subnet.subnetId);
    });
    this.publish('SecurityGroupId', names.parameters.securityGroupId, network.securityGroup.securityGroupId);
    this.publish('PageTopicArn', names.parameters.pageTopicArn, page.topicArn);
    this.publish('InformTopicArn', names.parameters.informTopicArn, inform.topicArn);
  }

  /** The zones of platform.yaml; CDK would otherwise look them up with credentials. */
  override get availabilityZones(): string[] {
    return [...this.zones];
  }

  private publish(id: string, parameterName: string, stringValue: string): void {
    new ssm.StringParameter(this, `${id}Parameter`, { parameterName, stringValue });
  }
}
