import { Match } from 'aws-cdk-lib/assertions';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

const limited = testOrganisation(({ write }) =>
  write('platform.yaml', PLATFORM_YAML.replace('guardrails: {', 'guardrails: { monthly_budget_usd: 2000,')),
);
const unlimited = testOrganisation();
afterAll(() => {
  limited.remove();
  unlimited.remove();
});

test.each(['dev', 'prod'])('what %s costs a month is watched by its tag', (environment) => {
  limited.template(`${environment}-platform`).hasResourceProperties('AWS::Budgets::Budget', {
    Budget: {
      BudgetName: `mlops-${environment}`,
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 2000, Unit: 'USD' },
      CostFilters: { TagKeyValue: [`user:mlops:environment$${environment}`] },
    },
  });
});

test('people are told at 80 %, when the month is going to exceed it, and at 100 %; nothing else happens', () => {
  const told = (NotificationType: string, Threshold: number) => ({
    Notification: {
      NotificationType,
      Threshold,
      ThresholdType: 'PERCENTAGE',
      ComparisonOperator: 'GREATER_THAN',
    },
    Subscribers: [{ SubscriptionType: 'SNS', Address: { Ref: Match.stringLikeRegexp('^Inform') } }],
  });
  const template = limited.template('dev-platform');

  template.hasResourceProperties('AWS::Budgets::Budget', {
    NotificationsWithSubscribers: [told('ACTUAL', 80), told('FORECASTED', 100), told('ACTUAL', 100)],
  });
  template.resourceCountIs('AWS::Budgets::BudgetsAction', 0);
});

test('budgets of this account may write to the topic', () => {
  limited.template('dev-platform').hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Principal: { Service: 'budgets.amazonaws.com' },
          Action: 'sns:Publish',
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: { 'aws:SourceArn': 'arn:aws:budgets::111122223333:*' },
          },
        }),
      ]),
    },
  });
});

test('without a limit there is no budget', () => {
  unlimited.template('dev-platform').resourceCountIs('AWS::Budgets::Budget', 0);
});
