import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateFlowLogsCommand,
  type CreateFlowLogsRequest,
  DeleteFlowLogsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type Tag,
} from '@aws-sdk/client-ec2';
import type { BridgedType, BridgeRequest, Created } from './bridged-type';
import { isGone } from './gone';

interface FlowLogProperties extends Omit<CreateFlowLogsRequest, 'ResourceIds' | 'ClientToken'> {
  readonly ResourceId: string;
  readonly Tags?: Tag[];
}

/**
 * `AWS::EC2::FlowLog` by CreateFlowLogs. Every property of note needs a new one, so an update is a new flow log.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-flowlog.html
 */
export function flowLogType(ec2: EC2Client): BridgedType {
  const create = async (request: BridgeRequest): Promise<Created> => {
    const { ResourceId, Tags, ...rest }: FlowLogProperties = JSON.parse(JSON.stringify(request.properties));
    const { FlowLogIds, Unsuccessful } = await ec2.send(
      new CreateFlowLogsCommand({
        ...rest,
        ResourceIds: [ResourceId],
        ...(Tags && { TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags }] }),
      }),
    );
    const id = FlowLogIds?.[0];
    if (!id)
      throw new Error(
        `no flow log for ${ResourceId}: ${Unsuccessful?.[0]?.Error?.Message ?? 'no reason given'}`,
      );
    return { ref: id, attributes: { Id: id } };
  };
  return {
    played: 'through its API',
    create,
    update: (_, request) => create(request),
    async remove(ref) {
      await ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [ref] })).catch(isGone);
    },
  };
}

interface RuleProperties {
  readonly GroupId: string;
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly Description?: string;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
  readonly SourcePrefixListId?: string;
  readonly DestinationPrefixListId?: string;
}

/**
 * `AWS::EC2::SecurityGroupIngress` and `…Egress` by Authorize… and Revoke….
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html
 */
export function securityGroupRuleType(ec2: EC2Client, direction: 'ingress' | 'egress'): BridgedType {
  const send = (what: 'authorize' | 'revoke', rule: RuleProperties) => {
    const input = { GroupId: rule.GroupId, IpPermissions: [permission(rule)] };
    if (direction === 'ingress') {
      return what === 'authorize'
        ? ec2.send(new AuthorizeSecurityGroupIngressCommand(input))
        : ec2.send(new RevokeSecurityGroupIngressCommand(input));
    }
    return what === 'authorize'
      ? ec2.send(new AuthorizeSecurityGroupEgressCommand(input))
      : ec2.send(new RevokeSecurityGroupEgressCommand(input));
  };
  const rule = (request: BridgeRequest): RuleProperties => JSON.parse(JSON.stringify(request.properties));
  const create = async (request: BridgeRequest): Promise<Created> => {
    const { SecurityGroupRules } = await send('authorize', rule(request)).then((answer) => ({
      SecurityGroupRules: 'SecurityGroupRules' in answer ? answer.SecurityGroupRules : undefined,
    }));
    const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? `sgr-${request.logicalId}`;
    return { ref: id, attributes: { Id: id } };
  };
  return {
    played: 'through its API',
    create,
    update: (_, request) => create(request),
    async remove(_, request) {
      await send('revoke', rule(request)).catch(isGone);
    },
  };
}

function permission(rule: RuleProperties): IpPermission {
  const described = rule.Description ? { Description: rule.Description } : {};
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  const list = rule.SourcePrefixListId ?? rule.DestinationPrefixListId;
  return {
    IpProtocol: rule.IpProtocol,
    FromPort: rule.FromPort,
    ToPort: rule.ToPort,
    ...(rule.CidrIp && { IpRanges: [{ CidrIp: rule.CidrIp, ...described }] }),
    ...(rule.CidrIpv6 && { Ipv6Ranges: [{ CidrIpv6: rule.CidrIpv6, ...described }] }),
    ...(group && { UserIdGroupPairs: [{ GroupId: group, ...described }] }),
    ...(list && { PrefixListIds: [{ PrefixListId: list, ...described }] }),
  };
}
