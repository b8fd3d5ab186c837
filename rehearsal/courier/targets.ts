import type { Target } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import {
  GetQueueUrlCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { MatchedRule } from './input';
import type { Permissions } from './permission';

export interface TargetClients {
  readonly lambda: LambdaClient;
  readonly states: SFNClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** One kind of target: whether EventBridge may act on it, and acting on it. */
interface TargetKind {
  denial(target: Target, rule: MatchedRule): Promise<string | undefined>;
  send(target: Target, input: string): Promise<unknown>;
}

/**
 * The kinds of targets that are delivered to.
 *
 * @returns a function that finds a target's kind by the service in its ARN; undefined where it is not delivered to
 */
export function targetKinds(clients: TargetClients, may: Permissions) {
  const kinds: Readonly<Record<string, TargetKind>> = {
    lambda: {
      denial: ({ Arn = '' }, rule) => may.function(Arn, rule),
      send: ({ Arn }, Payload) =>
        clients.lambda.send(new InvokeCommand({ FunctionName: Arn, InvocationType: 'Event', Payload })),
    },
    states: {
      denial: ({ Arn = '', RoleArn }, rule) => may.role(RoleArn, 'states:StartExecution', Arn, rule),
      send: ({ Arn }, input) =>
        clients.states.send(new StartExecutionCommand({ stateMachineArn: Arn, input })),
    },
    sqs: {
      denial: ({ Arn = '', RoleArn }, rule) =>
        RoleArn ? may.role(RoleArn, 'sqs:SendMessage', Arn, rule) : may.queue(Arn, rule),
      send: ({ Arn = '', SqsParameters }, body) =>
        sendMessage(clients.sqs, Arn, body, { group: SqsParameters?.MessageGroupId }),
    },
    sns: {
      denial: ({ Arn = '', RoleArn }, rule) =>
        RoleArn ? may.role(RoleArn, 'sns:Publish', Arn, rule) : may.topic(Arn, rule),
      send: ({ Arn }, Message) => clients.sns.send(new PublishCommand({ TopicArn: Arn, Message })),
    },
  };
  return (target: Target): TargetKind | undefined => kinds[target.Arn?.split(':')[2] ?? ''];
}

/** Puts a message into the queue with this ARN. */
export async function sendMessage(
  sqs: SQSClient,
  arn: string,
  body: string,
  options: { readonly group?: string; readonly attributes?: Record<string, MessageAttributeValue> } = {},
): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      MessageGroupId: options.group,
      MessageAttributes: options.attributes,
    }),
  );
}
