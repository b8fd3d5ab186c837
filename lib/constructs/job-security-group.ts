import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/** What machines of SageMaker wear: no way in, HTTPS out, which ends at S3 for want of another route. */
export class JobSecurityGroup extends Construct {
  public readonly securityGroupId: string;

  constructor(scope: Construct, id: string, vpcId: string) {
    super(scope, id);
    // Not the construct of the library, which wants to know zones and subnets of the VPC.
    this.securityGroupId = new CfnSecurityGroup(this, 'Resource', {
      vpcId,
      groupDescription: 'Jobs and models: nothing in, HTTPS out to S3',
      securityGroupEgress: [
        {
          cidrIp: '0.0.0.0/0',
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          description: 'S3 by the gateway endpoint',
        },
      ],
    }).attrGroupId;
  }
}
