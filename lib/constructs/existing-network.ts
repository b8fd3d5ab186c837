import { Construct } from 'constructs';
import { JobSecurityGroup } from './job-security-group';

export interface ExistingNetworkProps {
  readonly vpcId: string;

  /** Two or more, in different zones, each with free addresses for its machines. */
  readonly subnetIds: readonly string[];

  /** @default - one is made in the VPC: nothing in, HTTPS out */
  readonly securityGroupId?: string | undefined;
}

/**
 * A network that somebody else made and watches. Nothing is looked up: what it must have is checked by nobody before a
 * job needs it.
 *
 * - an S3 gateway endpoint in the route tables of the subnets: without one, and without a NAT, every job waits for its
 *   data until it times out. Its policy must allow the buckets of the projects and `prod-<region>-starport-layer-bucket`,
 *   where images lie;
 * - two free addresses a machine in each subnet;
 * - its own flow log, if one is wanted: it sees more than our jobs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export class ExistingNetwork extends Construct {
  public readonly vpcId: string;
  public readonly subnetIds: readonly string[];
  public readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: ExistingNetworkProps) {
    super(scope, id);
    this.vpcId = props.vpcId;
    this.subnetIds = props.subnetIds;
    this.securityGroupId =
      props.securityGroupId ?? new JobSecurityGroup(this, 'SecurityGroup', props.vpcId).securityGroupId;
  }
}
