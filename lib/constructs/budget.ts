import { Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface BudgetProps {
  readonly name: string;

  /** US dollars a month. */
  readonly limit: number;

  /** Only what carries this tag counts; the tag must be active for cost allocation, which takes a day. */
  readonly tag: { readonly key: string; readonly value: string };

  /** Who is told. */
  readonly topic: sns.Topic;
}

/** When somebody is told: per cent of the limit that is spent, or that the month is going to cost. */
const TOLD_AT = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
  { notificationType: 'ACTUAL', threshold: 100 },
] as const;

/**
 * Tells people what a month costs. At 100 % somebody is told and **nothing is stopped**: an endpoint that answers
 * customers is not switched off by a calendar.
 *
 * AWS computes costs a few times a day, so a notice comes hours late.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
 */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { name, limit, tag, topic }: BudgetProps) {
    super(scope, id);
    const { account } = Stack.of(this);
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'BudgetsOfThisAccount',
        principals: [new iam.ServicePrincipal('budgets.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:aws:budgets::${account}:*` },
        },
      }),
    );
    const budget = new CfnBudget(this, 'Resource', {
      budget: {
        budgetName: name,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: limit, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${tag.key}$${tag.value}`] },
      },
      notificationsWithSubscribers: TOLD_AT.map((notification) => ({
        notification: {
          ...notification,
          comparisonOperator: 'GREATER_THAN',
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
      })),
    });
    // A budget is refused while its topic does not let it write.
    budget.node.addDependency(topic);
  }
}
