import { budget } from '../../../../operations/doctor/checks/budget';
import { costTags } from '../../../../operations/doctor/checks/cost-tags';
import { deliveryRole } from '../../../../operations/doctor/checks/delivery-role';
import { platform } from '../../../../operations/doctor/checks/platform';
import { subscriptions } from '../../../../operations/doctor/checks/subscriptions';
import { type Answer, refused } from '../../../fixtures/answers/recorded';
import { configWith, deployed, recordedSubject } from '../subject';

const PLATFORM = deployed('dev-platform');

describe('platform', () => {
  const look = (missing: string) =>
    platform.look(
      recordedSubject({
        DescribeStacks: PLATFORM,
        GetParameters: ({ Names }) => ({
          Parameters: (Names as string[]).filter((Name) => Name !== missing).map((Name) => ({ Name })),
        }),
      }),
    );

  test('publishes what projects read', async () => {
    expect(await look('')).toMatchObject([{ level: 'ok' }]);
  });

  test('names the parameter that is not there', async () => {
    expect(await look('/mlops/dev/platform/subnet-2')).toEqual([
      {
        level: 'error',
        what: 'the platform does not publish /mlops/dev/platform/subnet-2, which its projects read',
        fix: 'npx cdk deploy dev-platform --revert-drift',
      },
    ]);
  });
});

describe('delivery role', () => {
  /** The same answer for both roles; the review role's is left out. */
  const look = async (answer: Answer, stacks = PLATFORM) =>
    (await deliveryRole.look(recordedSubject({ DescribeStacks: stacks, GetRole: answer }))).slice(0, 1);

  const trusting = (account: string, roles = '*-delivery-build-dev') => ({
    Role: {
      AssumeRolePolicyDocument: JSON.stringify({
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${roles}` } },
        },
      }),
    },
  });

  test('lets the delivery account in', async () => {
    expect(await look(trusting('000011112222'))).toMatchObject([{ level: 'ok' }]);
  });

  test('is an error where it is missing, and what brings it back depends on whether the platform is there', async () => {
    expect(await look(refused('NoSuchEntity'))).toMatchObject([
      {
        level: 'error',
        what: expect.stringContaining(
          'mlops-dev-delivery is not there, so delivery can do nothing in dev; stack',
        ),
        fix: 'npx cdk deploy dev-platform --revert-drift',
      },
    ]);
    expect(await look(refused('NoSuchEntity'), deployed())).toMatchObject([
      { level: 'error', fix: 'npx cdk deploy dev-platform' },
    ]);
  });

  test('is an error where it lets another account in', async () => {
    expect(await look(trusting('999988887777'))).toMatchObject([
      { level: 'error', what: expect.stringContaining('lets in 999988887777, not the delivery account') },
    ]);
  });

  test.each(['*-delivery-build', '*-delivery-build-prod', '*'])(
    'is an error where it lets in roles named %s: they run before anybody approved',
    async (roles) => {
      expect(await look(trusting('000011112222', roles))).toMatchObject([
        {
          level: 'error',
          what: expect.stringContaining('only roles named *-delivery-build-dev should become it'),
          fix: 'npx cdk deploy dev-platform --revert-drift',
        },
      ]);
    },
  );

  test('the role that reads for an approval is looked at, too', async () => {
    const answer: Answer = ({ RoleName }) =>
      RoleName === 'mlops-dev-review'
        ? refused('NoSuchEntity')
        : trusting('000011112222', '*-delivery-build-dev');

    expect(
      await deliveryRole.look(recordedSubject({ DescribeStacks: PLATFORM, GetRole: answer })),
    ).toMatchObject([
      { level: 'ok' },
      {
        level: 'error',
        what: expect.stringContaining('mlops-dev-review is not there, so no evidence of dev'),
      },
    ]);
  });
});

describe('subscriptions', () => {
  const topic = 'arn:aws:sns:eu-west-1:111122223333:dev-platform-page';
  const look = (Subscriptions: readonly object[]) =>
    subscriptions.look(
      recordedSubject({
        DescribeStacks: PLATFORM,
        ListStackResources: {
          StackResourceSummaries: [{ ResourceType: 'AWS::SNS::Topic', PhysicalResourceId: topic }],
        },
        ListSubscriptionsByTopic: { Subscriptions },
      }),
    );

  test('a confirmed one is as it should be', async () => {
    expect(await look([{ SubscriptionArn: `${topic}:1`, Endpoint: 'oncall@example.com' }])).toMatchObject([
      { level: 'ok' },
    ]);
  });

  test('one that nobody confirmed is a warning, with the command that sends the mail again', async () => {
    const pending = {
      SubscriptionArn: 'PendingConfirmation',
      Endpoint: 'oncall@example.com',
      Protocol: 'email',
    };
    const [seen] = await look([pending]);
    expect(seen).toMatchObject({
      level: 'warning',
      what: 'oncall@example.com has not confirmed to be told by topic dev-platform-page, and is told nothing',
    });
    expect(seen?.fix).toContain(
      `aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint oncall@example.com --region eu-west-1`,
    );
  });

  test('a topic that nobody reads is a warning', async () => {
    expect(await look([])).toMatchObject([
      { level: 'warning', what: 'nobody reads topic dev-platform-page' },
    ]);
  });
});

describe('budget', () => {
  const config = configWith({}, { monthly_budget_usd: 2000 });
  const look = (answer: object | Error) =>
    budget.look(recordedSubject({ DescribeStacks: PLATFORM, DescribeBudget: answer }, { config }));

  test.each([
    ['2000.0', 'ok'],
    ['500.0', 'warning'],
  ])('of %s USD is %s', async (Amount, level) => {
    expect(await look({ Budget: { BudgetLimit: { Amount, Unit: 'USD' } } })).toMatchObject([{ level }]);
  });

  test('is an error where it is not there', async () => {
    expect(await look(refused('NotFoundException'))).toMatchObject([
      { level: 'error', what: expect.stringContaining('budget mlops-dev of 2000 USD a month is not there') },
    ]);
  });

  test('is not asked for where the guard rails name none', async () => {
    expect(await budget.look(recordedSubject({}))).toEqual([]);
  });
});

describe('cost tags', () => {
  const tag = (TagKey: string, Status: string) => ({ TagKey, Status, Type: 'UserDefined' });

  test('are in order when all of them are active, those of the guard rails too', async () => {
    const CostAllocationTags = ['mlops:environment', 'mlops:project', 'cost-center'].map((key) =>
      tag(key, 'Active'),
    );
    const subject = recordedSubject({ ListCostAllocationTags: { CostAllocationTags } });
    expect(await costTags.look(subject)).toMatchObject([{ level: 'ok' }]);
  });

  test('that are inactive, or were never seen, are a warning with the command that activates them', async () => {
    const CostAllocationTags = [tag('mlops:environment', 'Active'), tag('mlops:project', 'Inactive')];
    const [seen] = await costTags.look(recordedSubject({ ListCostAllocationTags: { CostAllocationTags } }));
    expect(seen?.level).toBe('warning');
    expect(seen?.fix).toContain("'TagKey=mlops:project,Status=Active' 'TagKey=cost-center,Status=Active'");
  });

  test('can only be seen by the management account, and that is said', async () => {
    const answer = refused(
      'ValidationException',
      "Linked account doesn't have access to cost allocation tags.",
    );
    expect(await costTags.look(recordedSubject({ ListCostAllocationTags: answer }))).toMatchObject([
      { level: 'skipped', what: expect.stringContaining('only its management account can see them') },
    ]);
  });
});
