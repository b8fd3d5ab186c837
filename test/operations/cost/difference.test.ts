import { costDifference } from '../../../operations/cost/difference';
import { estimate } from '../../../operations/cost/estimate';
import { assemblyOf, releaseFunction } from '../small-assembly';

const usage = { requests: 0, merges: 0 };
const key = { Type: 'AWS::KMS::Key' };
const priced = (resources: Parameters<typeof assemblyOf>[0]) => estimate(assemblyOf(resources), usage);

test('twelve alarms more are one line', () => {
  const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: {} };
  const alarms = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`Alarm${index}`, alarm]));
  const { lines, before, after } = costDifference(priced({ Key: key }), priced({ Key: key, ...alarms }));

  expect(lines).toEqual([
    {
      environment: 'dev',
      project: 'mail',
      when: 'rest',
      what: 'alarms',
      before: 0,
      after: expect.closeTo(1.2),
    },
  ]);
  expect(after - before).toBeCloseTo(1.2, 6);
});

test('another instance is shown as what goes and what comes, the dearer first', () => {
  const { lines } = costDifference(
    priced({ Release: releaseFunction('ml.m5.large', 1) }),
    priced({ Release: releaseFunction('ml.m5.xlarge', 1) }),
  );
  expect(lines.map(({ what }) => what)).toEqual(['endpoint, 1 × ml.m5.xlarge', 'endpoint, 1 × ml.m5.large']);
});

test('a project that is gone saves all of its cost', () => {
  const { parts } = costDifference(priced({ Key: key }), estimate({ stacks: [] }, usage));
  expect(parts).toEqual([expect.objectContaining({ project: 'mail', before: 1, after: 0 })]);
});

test('what had no price before is said, so that nobody takes the rise for real', () => {
  const odd = { Type: 'AWS::Kinesis::Stream' };
  const { notPriced } = costDifference(priced({ Odd: odd }), priced({ Key: key }));
  expect(notPriced).toEqual({ before: ['AWS::Kinesis::Stream'], after: [] });
});
