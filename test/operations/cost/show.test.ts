import { checkBudget } from '../../../operations/cost/budget';
import { costDifference } from '../../../operations/cost/difference';
import { estimate } from '../../../operations/cost/estimate';
import { showCost } from '../../../operations/cost/show';
import type { Terminal } from '../../../operations/terminal/terminal';
import { assemblyOf, releaseFunction } from '../small-assembly';

const terminal: Terminal = {
  paint: (_colour, text) => text,
  width: 110,
  interactive: false,
  answer: () => undefined,
  say: () => undefined,
};
const usage = { requests: 0, merges: 4 };
const all = estimate(
  assemblyOf({
    Release: releaseFunction('ml.m5.large', 1),
    Key: { Type: 'AWS::KMS::Key' },
    Role: { Type: 'AWS::IAM::Role' },
    Odd: { Type: 'AWS::Kinesis::Stream' },
  }),
  usage,
);

test('a person reads the sums, what is dearest, what is missing and what is assumed', () => {
  const text = showCost({ estimate: all, budget: checkBudget(all, 2000) }, terminal, false);
  expect(text).toMatch(/│ dev +│ mail +│ \$99\.06 +│/);
  expect(text).toContain('$93.44  dev mail  endpoint, 1 × ml.m5.large');
  expect(text).toContain('NOT PRICED, and in no sum\n  - AWS::Kinesis::Stream');
  expect(text).toContain('dev is estimated at $99.06 of $2000.00 a month');
  expect(text).toContain('Nothing is stopped');
  expect(text).not.toContain('AWS::IAM::Role');
});

test('verbose shows every resource, what is free and why, and where prices are from', () => {
  const text = showCost({ estimate: all, budget: [] }, terminal, true);
  expect(text).toMatch(/mail-dev-serving +at rest, a month +\$1\.00 +keys/);
  expect(text).toMatch(/1 × AWS::IAM::Role +IAM costs nothing: https:/);
  expect(text).toMatch(/Prices are from\n {2}https:/);
});

test('a difference of nothing is said in a line', () => {
  const difference = costDifference(all, all);
  expect(showCost({ estimate: all, budget: [], difference }, terminal, false)).toContain(
    'Against the other revision: no difference, $99.06 a month',
  );
});
