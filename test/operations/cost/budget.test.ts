import { AT_THE_LIMIT, checkBudget } from '../../../operations/cost/budget';
import { estimate } from '../../../operations/cost/estimate';
import { assemblyOf, releaseFunction, stackOf } from '../small-assembly';

const serving = (project: string, instance = 'ml.m5.large') =>
  stackOf({ Release: releaseFunction(instance, 1) }, { name: `${project}-dev-serving`, project });
const usage = { requests: 0, merges: 0 };

test('all projects of an environment count together', () => {
  const [check] = checkBudget(estimate({ stacks: [serving('mail'), serving('calls')] }, usage), 150);
  expect(check).toMatchObject({ environment: 'dev', within: false });
  expect(check?.month).toBeCloseTo(2 * 98.06, 2);
});

test('what is too much is said with the dearest thing and what to do', () => {
  const both = { stacks: [serving('mail'), serving('calls', 'ml.g5.xlarge')] };
  const [check] = checkBudget(estimate(both, usage), 1000);
  expect(check?.sentence).toBe(
    'dev is estimated at $1244.16 of $1000.00 a month: too much. The most is $1146.10 for endpoint, 1 × ml.g5.xlarge (calls-dev-serving). Choose a smaller serve.instance or fewer instances in a project.yaml, or ask the owner of the platform to raise guardrails.monthly_budget_usd in platform.yaml.',
  );
});

test('exactly the budget is within it', () => {
  const all = estimate(assemblyOf({ Key: { Type: 'AWS::KMS::Key' } }), usage);
  expect(checkBudget(all, 1)).toEqual([expect.objectContaining({ within: true })]);
});

test('without a budget there is nothing to check, and what delivers is in none', () => {
  const delivery = assemblyOf({ Key: { Type: 'AWS::KMS::Key' } }, { environment: undefined });
  expect(checkBudget(estimate(delivery, usage), 0.5)).toEqual([]);
  expect(checkBudget(estimate({ stacks: [serving('mail')] }, usage), undefined)).toEqual([]);
});

test('a sum that lacks something says so', () => {
  const [check] = checkBudget(estimate(assemblyOf({ Odd: { Type: 'AWS::Kinesis::Stream' } }), usage), 10);
  expect(check?.sentence).toContain('without what is not priced');
});

test('it is said what happens at 100 %', () => {
  expect(AT_THE_LIMIT).toContain('100 %');
  expect(AT_THE_LIMIT).toContain('Nothing is stopped');
});
