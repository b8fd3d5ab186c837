import { ListSubscriptionsByTopicCommand, type Subscription } from '@aws-sdk/client-sns';
import type { Check } from '../check';
import { awsCommand } from '../commands';
import { isMissing } from '../denial';
import { expectedStacks } from '../expected';
import { type Observation, ok, warning } from '../finding';
import { aFewAtATime, everyPage } from '../pages';
import type { Subject } from '../subject';

/** Whether those who are to be told have confirmed that they want to be. */
export const subscriptions: Check = {
  name: 'subscriptions',
  permission: 'sns:ListSubscriptionsByTopic',
  look: async (subject): Promise<Observation[]> => {
    const deployed = await subject.stacks();
    const stacks = expectedStacks(subject).filter(({ name }) => deployed.has(name));
    const resources = (await aFewAtATime(stacks, ({ name }) => subject.resources(name))).flat();
    const topics = resources
      .filter(({ ResourceType }) => ResourceType === 'AWS::SNS::Topic')
      .flatMap(({ PhysicalResourceId: arn }) => arn ?? []);
    if (topics.length === 0) return [];
    const seen = (await aFewAtATime(topics, (topic) => look(subject, topic))).flat();
    return seen.length > 0 ? seen : [ok(`all ${topics.length} topics are read by somebody who confirmed it`)];
  },
};

async function look(subject: Subject, TopicArn: string): Promise<Observation[]> {
  const name = TopicArn.split(':').at(-1) ?? TopicArn;
  let found: Subscription[];
  try {
    found = await everyPage(async (NextToken) => {
      const page = await subject.aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
      return { items: page.Subscriptions, next: page.NextToken };
    });
  } catch (thrown) {
    if (isMissing(thrown)) return []; // a topic that is gone is another check's finding
    throw thrown;
  }
  if (found.length === 0) {
    return [
      warning(
        `nobody reads topic ${name}`,
        awsCommand(
          subject,
          `sns subscribe --topic-arn ${TopicArn} --protocol email --notification-endpoint <address>`,
        ),
      ),
    ];
  }
  return found
    .filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation')
    .map(({ Endpoint, Protocol }) =>
      warning(
        `${Endpoint} has not confirmed to be told by topic ${name}, and is told nothing`,
        'follow the link in the mail "AWS Notification - Subscription Confirmation"; it holds for three days. Another one: ' +
          awsCommand(
            subject,
            `sns subscribe --topic-arn ${TopicArn} --protocol ${Protocol} --notification-endpoint ${Endpoint}`,
          ),
      ),
    );
}
