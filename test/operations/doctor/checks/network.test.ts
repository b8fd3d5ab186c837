import { network } from '../../../../operations/doctor/checks/network';
import type { Answer } from '../../../fixtures/answers/recorded';
import { recordedSubject, templateConfig } from '../subject';

const VPC = 'vpc-0a1b2c3d';
const [A, B] = ['subnet-0000000a', 'subnet-0000000b'];

const config = (() => {
  const { platform, projects } = templateConfig();
  const { dev } = platform.environments;
  if (!dev) throw new Error('the template has dev');
  const environments = { ...platform.environments, dev: { ...dev, network: { vpc: VPC, subnets: [A, B] } } };
  return { platform: { ...platform, environments }, projects };
})();

const subnet = (SubnetId: string, AvailabilityZone: string, overrides: object = {}) => ({
  SubnetId,
  AvailabilityZone,
  VpcId: VPC,
  AvailableIpAddressCount: 200,
  ...overrides,
});

const SOUND: Record<string, Answer> = {
  DescribeSubnets: { Subnets: [subnet(A, 'eu-west-1a'), subnet(B, 'eu-west-1b')] },
  DescribeRouteTables: {
    RouteTables: [
      { RouteTableId: 'rtb-main', Associations: [{ Main: true }] },
      { RouteTableId: 'rtb-a', Associations: [{ Main: false, SubnetId: A }] },
    ],
  },
  DescribeVpcEndpoints: {
    VpcEndpoints: [
      { VpcEndpointId: 'vpce-1', VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-main', 'rtb-a'] },
    ],
  },
};

const look = (answers: Record<string, Answer>) =>
  network.look(recordedSubject({ ...SOUND, ...answers }, { config }));

test('an existing network with two zones, addresses and a way to S3 is as it should be', async () => {
  expect(await look({})).toMatchObject([{ level: 'ok' }]);
});

test('a network of our own is not looked at', async () => {
  expect(await network.look(recordedSubject({}))).toEqual([]);
});

test('a subnet that is not in the VPC is an error', async () => {
  const Subnets = [subnet(A, 'eu-west-1a'), subnet(B, 'eu-west-1b', { VpcId: 'vpc-other' })];
  expect(await look({ DescribeSubnets: { Subnets } })).toMatchObject([
    { level: 'error', what: `${VPC} has no ${B}, which platform.yaml names` },
  ]);
});

test('one zone for all, and a subnet that is almost full, are warnings', async () => {
  const Subnets = [subnet(A, 'eu-west-1a'), subnet(B, 'eu-west-1a', { AvailableIpAddressCount: 3 })];
  expect(await look({ DescribeSubnets: { Subnets } })).toMatchObject([
    { level: 'warning', what: expect.stringContaining('all subnets are in eu-west-1a') },
    { level: 'warning', what: `${B} has 3 free addresses; each machine takes two` },
  ]);
});

test.each([
  [
    'no gateway endpoint at all',
    [{ VpcEndpointId: 'vpce-2', VpcEndpointType: 'Interface' }],
    'aws ec2 create-vpc-endpoint --vpc-id vpc-0a1b2c3d --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-a rtb-main --region eu-west-1',
  ],
  [
    'one that the main route table, which a subnet falls back to, does not know',
    [{ VpcEndpointId: 'vpce-1', VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-a'] }],
    'aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-route-table-ids rtb-main --region eu-west-1',
  ],
])('%s is an error with the command that mends it', async (_, VpcEndpoints, fix) => {
  expect(await look({ DescribeVpcEndpoints: { VpcEndpoints } })).toMatchObject([{ level: 'error', fix }]);
});
