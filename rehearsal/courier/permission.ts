import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { GetPolicyCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Access } from '../access/access';
import { decide } from '../access/decide';
import { type Context, type Statement, statements } from '../access/policy';
import type { MatchedRule } from './input';

const EVENTS = 'events.amazonaws.com';

export interface PermissionClients {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** Says why EventBridge may not act on a target; undefined where it may. The emulator itself delivers regardless. */
export function permissions(clients: PermissionClients, access: Access, account: string) {
  const decided = (
    policy: Statement[],
    action: string,
    resource: string,
    rule: MatchedRule,
    whose: string,
  ) => {
    const context: Context = {
      'aws:SourceArn': rule.arn,
      'aws:SourceAccount': account,
      'aws:SecureTransport': 'true',
    };
    const { allowed, because } = decide(policy, { action, resource, context, service: EVENTS });
    if (allowed) return undefined;
    return `${EVENTS} is not authorized to perform: ${action} on resource: ${resource}, because of ${whose} ${because}`;
  };

  return {
    /** By the function's own policy. */
    async function(arn: string, rule: MatchedRule): Promise<string | undefined> {
      const [name = '', qualifier] = arn.split(':').slice(6);
      const answer = await clients.lambda
        .send(new GetPolicyCommand({ FunctionName: name, Qualifier: qualifier }))
        // A function nobody was ever allowed to call has no policy.
        .catch(noneIf('ResourceNotFoundException'));
      const policy = statements(answer?.Policy);
      return decided(policy, 'lambda:InvokeFunction', arn, rule, 'the policy of the function:');
    },
    /** By the queue's policy; for targets and for dead-letter queues. */
    async queue(arn: string, rule: MatchedRule): Promise<string | undefined> {
      const { QueueUrl } = await clients.sqs.send(
        new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }),
      );
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
      );
      return decided(
        statements(Attributes?.Policy),
        'sqs:SendMessage',
        arn,
        rule,
        'the policy of the queue:',
      );
    },
    /** By the topic's policy. */
    async topic(arn: string, rule: MatchedRule): Promise<string | undefined> {
      const { Attributes } = await clients.sns.send(new GetTopicAttributesCommand({ TopicArn: arn }));
      return decided(statements(Attributes?.Policy), 'sns:Publish', arn, rule, 'the policy of the topic:');
    },
    /** By the role the rule's target names: EventBridge must be trusted with it, and it must allow the action. */
    async role(role: string | undefined, action: string, resource: string, rule: MatchedRule) {
      if (!role) return `the target ${resource} of rule ${rule.name} names no role to perform ${action} with`;
      const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: role.split('/').at(-1) }));
      const trust = statements(Role?.AssumeRolePolicyDocument);
      return (
        decided(trust, 'sts:AssumeRole', role, rule, 'its trust policy:') ??
        (await access.check({ role, action, resource }))
      );
    },
  };
}

export type Permissions = ReturnType<typeof permissions>;

const noneIf = (name: string) => (error: unknown) => {
  if (typeof error === 'object' && error !== null && 'name' in error && error.name === name) return undefined;
  throw error;
};
