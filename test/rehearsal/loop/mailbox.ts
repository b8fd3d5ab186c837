import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Report } from '../../../rehearsal/report/report';
import { eventually } from './releases';

export interface Mail {
  readonly subject: string;
  readonly body: string;
}

/** What is sent to a topic from now on: a queue stands in for the people who read it. */
export class Mailbox {
  private readonly read: Mail[] = [];

  private constructor(
    private readonly sqs: SQSClient,
    private readonly queue: string,
  ) {}

  static async of(
    topicArn: string,
    account: string,
    { aws, caBundle }: NonNullable<Report['endpoints']>,
  ): Promise<Mailbox> {
    const [, , , region] = topicArn.split(':');
    const settings = {
      endpoint: aws,
      region,
      credentials: { accessKeyId: account, secretAccessKey: 'test' },
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(caBundle) }) },
    };
    const sqs = new SQSClient(settings);
    const QueueName = 'mailbox';
    const queueArn = `arn:aws:sqs:${region}:${account}:${QueueName}`;
    const { QueueUrl = '' } = await sqs.send(
      new CreateQueueCommand({ QueueName, Attributes: { Policy: mayDeliver(topicArn, queueArn) } }),
    );
    const sns = new SNSClient(settings);
    await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
    return new Mailbox(sqs, QueueUrl);
  }

  /** Waits for a mail with these words in its subject. */
  mail(words: string): Promise<Mail> {
    return eventually(`a mail on "${words}"`, async () => {
      await this.fetch();
      return this.read.find(({ subject }) => subject.includes(words));
    });
  }

  /** Subjects of all mails so far, in the order in which they came. */
  async subjects(): Promise<string[]> {
    await this.fetch();
    return this.read.map(({ subject }) => subject);
  }

  private async fetch(): Promise<void> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.queue, MaxNumberOfMessages: 10 }),
    );
    for (const { Body = '{}', ReceiptHandle } of Messages) {
      const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string };
      this.read.push({ subject: Subject, body: Message });
      await this.sqs.send(new DeleteMessageCommand({ QueueUrl: this.queue, ReceiptHandle }));
    }
  }
}

const mayDeliver = (topicArn: string, queueArn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  });
