import { Duration, Validations } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarm } from './alarm';

export interface UndeliveredProps {
  /** Name of the queue, and of its alarm. */
  readonly name: string;

  /** Who hears that something waits. */
  readonly topic: sns.ITopic;
}

/**
 * Keeps the events of one stack that could not be delivered or handled, for two weeks.
 *
 *     rule, schedule or function → retries → this queue → alarm
 *
 * A person reads them and sends them again: every function does nothing for an event it has handled before.
 */
export class Undelivered extends Construct {
  public readonly queue: sqs.Queue;

  constructor(scope: Construct, id: string, props: UndeliveredProps) {
    super(scope, id);

    this.queue = new sqs.Queue(this, 'Resource', {
      queueName: props.name,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'this queue is itself the dead-letter queue of rules, schedules and functions; an alarm watches its depth',
    });
    alarm(this, 'Depth', {
      alarmName: props.name,
      description: `Events wait in the queue ${props.name}: read them, mend the cause, send them again`,
      runbook: 'undelivered',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      above: 0,
      topic: props.topic,
    });
  }
}
