import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { JobSecurityGroup } from './job-security-group';
import { servicePrincipal } from './permissions';

export interface PrivateNetworkProps {
  /** Availability zones, by name; a private subnet in each. */
  readonly zones: readonly string[];

  /** Where the flow log goes. */
  readonly flowLogGroupName: string;
}

/**
 * The network that jobs and models run in: private subnets from which only S3 can be reached.
 *
 * There is no internet gateway, no NAT and no interface endpoint: a container calls nothing, and SageMaker itself
 * moves data through the gateway endpoint, which is free.
 */
export class PrivateNetwork extends Construct {
  public readonly vpcId: string;

  /** One private subnet a zone, in the order of the zones. */
  public readonly subnetIds: readonly string[];
  public readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);

    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16'),
      availabilityZones: [...props.zones],
      natGateways: 0,
      subnetConfiguration: [{ name: 'Jobs', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
      // Emptying the default security group takes a custom resource; nothing here wears it.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    Validations.of(vpc).acknowledge({
      id: 'CloudFormation-Validate::W3010',
      reason:
        'the zones are named in platform.yaml, so that a synthesis needs no look-up and is the same everywhere',
    });
    this.logTraffic(vpc, props.flowLogGroupName);

    this.vpcId = vpc.vpcId;
    this.subnetIds = vpc.isolatedSubnets.map(({ subnetId }) => subnetId);
    this.securityGroupId = new JobSecurityGroup(this, 'SecurityGroup', vpc.vpcId).securityGroupId;
  }

  private logTraffic(vpc: ec2.Vpc, logGroupName: string): void {
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      logGroupName,
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'FlowLogRole', {
      description: 'Lets VPC flow logs write to their log group',
      assumedBy: servicePrincipal('vpc-flow-logs.amazonaws.com', Stack.of(this).account),
    });
    vpc.addFlowLog('FlowLog', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role),
      trafficType: ec2.FlowLogTrafficType.ALL,
    });
  }
}
