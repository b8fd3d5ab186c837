import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface MailTopicProps {
  readonly topicName: string;

  /** Name of the sender in the mail. */
  readonly displayName: string;

  /** Who gets the mail, once they confirmed it. */
  readonly email: string;

  /** @default - SNS encrypts with a key of its own */
  readonly masterKey?: kms.IKey;
}

/** A topic that alarms of this account and roles of ours write to, and one address reads by mail. */
export class MailTopic extends Construct {
  public readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: MailTopicProps) {
    super(scope, id);
    this.topic = new sns.Topic(this, 'Resource', {
      topicName: props.topicName,
      displayName: props.displayName,
      enforceSSL: true,
      ...(props.masterKey && { masterKey: props.masterKey }),
    });
    this.topic.addSubscription(new EmailSubscription(props.email));
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
