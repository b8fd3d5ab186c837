import { Match, Template } from 'aws-cdk-lib/assertions';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

const VPC = 'vpc: vpc-0a1b2c3d4e5f60718, subnets: [subnet-0a1b2c3d4e5f60718, subnet-0b1b2c3d4e5f60718]';

/** The platform of dev in an existing VPC. */
function existing(network: string) {
  const organisation = testOrganisation(({ write }) =>
    write('platform.yaml', PLATFORM_YAML.replace('zones: [eu-west-1a, eu-west-1b]', network)),
  );
  const assembly = organisation.app.synth();
  const template = Template.fromJSON(assembly.getStackByName('dev-platform').template);
  const training = JSON.stringify(assembly.getStackByName('mail-dev-training').template);
  organisation.remove();
  return { assembly, template, training };
}

test('in an existing VPC nothing of a network is made but what our machines wear', () => {
  const { template } = existing(VPC);

  for (const type of ['VPC', 'Subnet', 'FlowLog', 'VPCEndpoint', 'RouteTable'])
    template.resourceCountIs(`AWS::EC2::${type}`, 0);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    VpcId: 'vpc-0a1b2c3d4e5f60718',
    SecurityGroupEgress: [Match.objectLike({ FromPort: 443, ToPort: 443, IpProtocol: 'tcp' })],
    SecurityGroupIngress: Match.absent(),
  });
});

test('its ids are published where projects read those of a VPC of ours, and nothing is looked up', () => {
  const { assembly, template } = existing(VPC);

  for (const [name, Value] of [
    ['vpc-id', 'vpc-0a1b2c3d4e5f60718'],
    ['subnet-1', 'subnet-0a1b2c3d4e5f60718'],
    ['subnet-2', 'subnet-0b1b2c3d4e5f60718'],
  ])
    template.hasResourceProperties('AWS::SSM::Parameter', { Name: `/mlops/dev/platform/${name}`, Value });
  expect(assembly.manifest.missing).toBeUndefined();
});

test('a security group that is given is worn as it is', () => {
  const { template } = existing(`${VPC}, security_group: sg-0a1b2c3d4e5f60718`);

  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  template.hasResourceProperties('AWS::SSM::Parameter', {
    Name: '/mlops/dev/platform/security-group-id',
    Value: 'sg-0a1b2c3d4e5f60718',
  });
});

test('jobs run in every subnet that is given', () => {
  const { training } = existing(VPC.replace(']', ', subnet-0c1b2c3d4e5f60718]'));

  for (const index of [1, 2, 3]) expect(training).toContain(`/mlops/dev/platform/subnet-${index}`);
});
