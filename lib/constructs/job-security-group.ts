import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** What machines of SageMaker wear: no way in, HTTPS out, which ends at S3 for want of another route. */
export class JobSecurityGroup extends Construct {
  public readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, vpc: ec2.IVpc) {
    super(scope, id);
    this.securityGroup = new ec2.SecurityGroup(this, 'Resource', {
      vpc,
      description: 'Jobs and models: nothing in, HTTPS out to S3',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'S3 by the gateway endpoint');
  }
}
