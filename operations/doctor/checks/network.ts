import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { Check } from '../check';
import { awsCommand, listed } from '../commands';
import { error, type Observation, ok, warning } from '../finding';
import type { Subject } from '../subject';

/** Free addresses below which a few machines at once do not start. */
const FEW_ADDRESSES = 8;

/**
 * What jobs and models need of a network that somebody else made. They call no service but S3, and reach it
 * by a gateway endpoint: without one they wait for their data until they time out.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export const network: Check = {
  name: 'network',
  permission: 'ec2:DescribeSubnets',
  look: async (subject): Promise<Observation[]> => {
    const chosen = subject.config.platform.environments[subject.name]?.network;
    if (!chosen || !('vpc' in chosen)) return [];
    const wanted = [...chosen.subnets];
    // A filter, not ids: one that is not there would make an error of the whole answer.
    const { Subnets = [] } = await subject.aws.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: wanted }] }),
    );
    const seen = [
      ...absent(wanted, Subnets, chosen.vpc),
      ...sameZone(Subnets),
      ...crowded(Subnets),
      ...(await withoutS3(subject, chosen.vpc, Subnets)),
    ];
    return seen.length > 0
      ? seen
      : [ok(`${chosen.vpc}: its ${wanted.length} subnets have addresses and reach S3`)];
  },
};

function absent(wanted: readonly string[], subnets: readonly Subnet[], vpc: string): Observation[] {
  const there = new Set(subnets.filter(({ VpcId }) => VpcId === vpc).map(({ SubnetId }) => SubnetId));
  const missing = wanted.filter((id) => !there.has(id));
  if (missing.length === 0) return [];
  return [
    error(
      `${vpc} has no ${listed(missing)}, which platform.yaml names`,
      'correct network.subnets in platform.yaml',
    ),
  ];
}

function sameZone(subnets: readonly Subnet[]): Observation[] {
  const zones = new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone));
  if (zones.size !== 1 || subnets.length < 2) return [];
  return [
    warning(
      `all subnets are in ${listed([...zones].map(String))}, so models stop answering when that zone does`,
      'name subnets in two zones in network.subnets of platform.yaml',
    ),
  ];
}

const crowded = (subnets: readonly Subnet[]): Observation[] =>
  subnets
    .filter(({ AvailableIpAddressCount = 0 }) => AvailableIpAddressCount < FEW_ADDRESSES)
    .map(({ SubnetId, AvailableIpAddressCount }) =>
      warning(
        `${SubnetId} has ${AvailableIpAddressCount} free addresses; each machine takes two`,
        'name a larger subnet in network.subnets of platform.yaml',
      ),
    );

async function withoutS3(subject: Subject, vpc: string, subnets: readonly Subnet[]): Promise<Observation[]> {
  const ofVpc = { Name: 'vpc-id', Values: [vpc] };
  const service = `com.amazonaws.${subject.region}.s3`;
  const { ec2 } = subject.aws;
  const [{ RouteTables = [] }, { VpcEndpoints = [] }] = await Promise.all([
    ec2.send(new DescribeRouteTablesCommand({ Filters: [ofVpc] })),
    ec2.send(
      new DescribeVpcEndpointsCommand({ Filters: [ofVpc, { Name: 'service-name', Values: [service] }] }),
    ),
  ]);
  const gateways = VpcEndpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway');
  const reached = new Set(gateways.flatMap(({ RouteTableIds = [] }) => RouteTableIds));
  const tables = new Set(subnets.flatMap(({ SubnetId = '' }) => tableOf(SubnetId, RouteTables) ?? []));
  const cut = [...tables].filter((id) => !reached.has(id));
  if (cut.length === 0) return [];
  const [gateway] = gateways;
  return [
    error(
      `the subnets' ${cut.length > 1 ? 'route tables' : 'route table'} ${listed(cut)} in ${vpc} have no gateway endpoint for S3, so every job would wait for its data until it times out`,
      gateway
        ? awsCommand(
            subject,
            `ec2 modify-vpc-endpoint --vpc-endpoint-id ${gateway.VpcEndpointId} --add-route-table-ids ${cut.join(' ')}`,
          )
        : awsCommand(
            subject,
            `ec2 create-vpc-endpoint --vpc-id ${vpc} --service-name ${service} --route-table-ids ${cut.join(' ')}`,
          ),
    ),
  ];
}

/** A subnet without a route table of its own has the VPC's main one. */
function tableOf(subnet: string, tables: readonly RouteTable[]): string | undefined {
  const own = tables.find(({ Associations = [] }) =>
    Associations.some(({ SubnetId }) => SubnetId === subnet),
  );
  const main = tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
  return (own ?? main)?.RouteTableId;
}
