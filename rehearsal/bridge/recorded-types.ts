import { createHash } from 'node:crypto';
import type { BridgedType, BridgeRequest, Created } from './bridged-type';

/**
 * Types that nothing on this machine can play: they are written down and reported as NOT REHEARSED. One with a reason
 * was looked at by a person who found that nothing of value is lost; `--strict` accepts those and no others.
 */
export const RECORDED: Readonly<Record<string, { readonly reviewed?: string }>> = {
  'AWS::Budgets::Budget': { reviewed: 'a rehearsal spends no money, so there is nothing to watch' },
  'AWS::CloudTrail::Trail': {},
  'AWS::CodeConnections::Connection': {
    reviewed: 'a person confirms the connection in the console; no deployment can do it',
  },
  'AWS::CodePipeline::Pipeline': {},
  'AWS::CodeStarNotifications::NotificationRule': {},
  'AWS::ApplicationAutoScaling::ScalableTarget': {},
  'AWS::ApplicationAutoScaling::ScalingPolicy': {},
  'AWS::Logs::QueryDefinition': { reviewed: 'a saved query of the console; nothing in the loop runs it' },
  'AWS::WAFv2::WebACLAssociation': {},
};

/** Writes a resource down. Its id follows from its place, so that the same template gives the same ids. */
export function recordedType(): BridgedType {
  const create = async (request: BridgeRequest): Promise<Created> => ({
    ref: recordedId(request),
    attributes: {},
  });
  return {
    played: 'recorded',
    create,
    update: (_, request) => create(request),
    remove: async () => undefined,
  };
}

const recordedId = ({ stack, logicalId }: BridgeRequest): string =>
  `recorded-${createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 16)}`;
