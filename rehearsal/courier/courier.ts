import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type Rule,
  type Target,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Access } from '../access/access';
import type { Emulator } from '../emulator/emulator';
import { deliverer } from './deliver';
import type { Delivery } from './delivery';
import { type Announcement, type AwsEvent, enveloped } from './event';
import type { MatchedRule } from './input';
import { permissions } from './permission';
import { targetKinds } from './targets';

export interface Courier {
  /**
   * Delivers an event of an AWS service to every target of every rule on the default bus that matches it. Never rejects:
   * what went wrong is in the deliveries.
   */
  send(event: Announcement | AwsEvent): Promise<readonly Delivery[]>;
  /** Resolves when nothing is under way. What targets do with an event goes on after that. */
  idle(): Promise<void>;
  /** Every delivery so far, in order. */
  deliveries(): readonly Delivery[];
  /** The latest event of a detail-type, to be sent once more: EventBridge delivers at least once. */
  latest(detailType: string): AwsEvent | undefined;
}

export interface CourierSettings {
  readonly emulator: Pick<Emulator, 'client' | 'account' | 'region'>;
  readonly access: Access;
  readonly log: (line: string) => void;
}

/**
 * Delivers the events of AWS services. The emulator refuses them from outside (`aws.*` sources are AWS's own), so this
 * does what EventBridge does, by public APIs: match the deployed rules, shape the input, hand it to the targets with
 * their retry policy and dead-letter queue, and only where EventBridge is permitted to.
 */
export function courierOf({ emulator, access, log }: CourierSettings): Courier {
  const events = new EventBridgeClient(emulator.client);
  const clients = {
    iam: new IAMClient(emulator.client),
    lambda: new LambdaClient(emulator.client),
    states: new SFNClient(emulator.client),
    sns: new SNSClient(emulator.client),
    sqs: new SQSClient(emulator.client),
  };
  const may = permissions(clients, access, emulator.account);
  const deliver = deliverer({ sqs: clients.sqs, may, kindOf: targetKinds(clients, may) });
  const done: Delivery[] = [];
  const latest = new Map<string, AwsEvent>();
  const underWay = new Set<Promise<unknown>>();

  async function dispatch(event: AwsEvent): Promise<readonly Delivery[]> {
    const matched = await matchedTargets(events, event);
    const deliveries: Delivery[] =
      matched.length === 0
        ? [{ event, outcome: 'no rule', attempts: 0 }]
        : await Promise.all(matched.map(({ rule, target }) => deliver(event, rule, target)));
    done.push(...deliveries);
    for (const delivery of deliveries) log(sentence(delivery));
    return deliveries;
  }

  return {
    send(announcement) {
      const event = 'id' in announcement ? announcement : enveloped(announcement, emulator);
      latest.set(event['detail-type'], event);
      const work = dispatch(event).catch((error): Delivery[] => {
        const failure: Delivery = { event, outcome: 'failed', attempts: 0, reason: String(error) };
        done.push(failure);
        log(sentence(failure));
        return [failure];
      });
      underWay.add(work);
      void work.then(() => underWay.delete(work));
      return work;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    deliveries: () => done,
    latest: (detailType) => latest.get(detailType),
  };
}

/** Every target of every enabled rule whose pattern fits the event; the emulator's own matcher decides. */
async function matchedTargets(
  client: EventBridgeClient,
  event: AwsEvent,
): Promise<Array<{ rule: MatchedRule; target: Target }>> {
  const Event = JSON.stringify(event);
  const rules = (await allRules(client)).filter(
    ({ State, EventPattern }) => State !== 'DISABLED' && EventPattern !== undefined,
  );
  const targets = await Promise.all(
    rules.map(async ({ Name: name = '', Arn: arn = '', EventPattern }) => {
      const { Result } = await client.send(new TestEventPatternCommand({ EventPattern, Event }));
      if (!Result) return [];
      const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ Rule: name }));
      return Targets.map((target) => ({ rule: { name, arn }, target }));
    }),
  );
  return targets.flat();
}

async function allRules(client: EventBridgeClient): Promise<Rule[]> {
  const rules: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ NextToken }));
    rules.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return rules;
}

function sentence({ event, outcome, rule, target, reason, deadLetterQueue }: Delivery): string {
  const where = target ? ` to ${target} by rule ${rule}` : '';
  const saved = deadLetterQueue ? `; it waits in ${deadLetterQueue}` : '';
  return `event ${event['detail-type']} (${event.id}): ${outcome}${where}${reason ? `: ${reason}` : ''}${saved}`;
}
