import { evidenceOf, warningsOf } from '../../../operations/evidence/evidence';
import { MARKER, markdownOf } from '../../../operations/evidence/markdown';
import { showEvidence } from '../../../operations/evidence/show';
import { summaryOf } from '../../../operations/evidence/summary';
import { assemblyOf, releaseFunction, stackOf } from '../small-assembly';

const bucket = (name: string) => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName: name } });
const wide = {
  Type: 'AWS::IAM::Policy',
  Properties: {
    Roles: ['mail-dev-job'],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    },
  },
};
const evidence = evidenceOf({
  before: assemblyOf({ Bucket: bucket('a'), Release: releaseFunction('ml.m5.large', 1) }),
  after: assemblyOf({ Bucket: bucket('b'), Release: releaseFunction('ml.m5.xlarge', 2), Policy: wide }),
  metrics: [{ project: 'mail', target: 'topic', metric: 'macro_f1', before: 0.9, after: 0.85 }],
  budget: 100,
  notes: ['package-lock.json differs'],
});
const nothing = evidenceOf({ before: { stacks: [] }, after: { stacks: [] } });

test('what must not be missed stands before everything that can be opened', () => {
  const text = markdownOf(evidence);
  expect(text.startsWith(MARKER)).toBe(true);
  const [head = '', ...rest] = text.split('<details>');
  expect(head).toContain('AWS::S3::Bucket Bucket is replaced: an empty one takes its place');
  expect(head).toContain('mail-dev-job gets a new wildcard: s3:GetObject on *');
  expect(head).toContain('dev is estimated at');
  expect(head).toContain('package-lock.json differs');
  expect(rest.map((section) => /<summary>(.*?)</.exec(section)?.[1])).toEqual([
    'Cost',
    'Metrics on the rows held out',
    'IAM: 1 added, 0 removed',
    'Templates: 3 resources',
  ]);
});

test('metrics and their change are shown', () => {
  expect(markdownOf(evidence)).toContain('| mail | `topic` | macro f1 | 0.9000 | 0.8500 | −0.0500 |');
});

test('a change of nothing is a few lines', () => {
  const text = markdownOf(nothing);
  expect(text).toContain('Templates: no difference');
  expect(text.split('<details>')).toHaveLength(2);
  expect(warningsOf(nothing)).toEqual([]);
});

test('a name cannot break the table, be markup or mention somebody', () => {
  const nasty = { Type: 'AWS::SSM::Parameter', Properties: { Value: 'x' } };
  const text = markdownOf(
    evidenceOf({ before: { stacks: [] }, after: assemblyOf({ 'a|b`@everybody': nasty }) }),
  );
  expect(text).toContain("`a\\|b'@everybody`");
});

test('what does not fit is left out by whole lines, which is said, and everything is closed', () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`Bucket${index}OfALongName`, bucket(`bucket-${index}`)]),
  );
  const stacks = ['a', 'b', 'c', 'd'].map((name) => stackOf(many, { name }));
  const text = markdownOf(evidenceOf({ before: { stacks: [] }, after: { stacks } }));

  expect(text.length).toBeLessThanOrEqual(65_000);
  expect(text.length).toBeGreaterThan(50_000);
  expect(text).toMatch(/_\d+ more lines are left out: npm run differences/);
  expect(text.split('<details>').length).toBe(text.split('</details>').length);
});

test('an approval gets the facts and the warnings in at most 1000 characters', () => {
  expect(summaryOf(evidence)).toMatch(
    /^Resources: 1 added, 1 changed, 1 replaced\nIAM: 1 permissions added \(1 with a wildcard\), 0 removed\nCost: /,
  );
  expect(summaryOf(evidence)).toContain('Metrics: macro F1 is lower for 1 of 1 targets');
  expect(summaryOf(evidence)).toContain('WARN mail-dev-serving: AWS::S3::Bucket');
  expect(summaryOf(evidence, 100)).toHaveLength(100);
});

test('a person at a terminal reads the same', () => {
  const terminal = {
    paint: (_colour: string, text: string) => text,
    width: 110,
    interactive: false,
    answer: () => undefined,
    say: () => undefined,
  };
  const text = showEvidence(evidence, terminal);
  expect(text).toContain('WARN  mail-dev-serving: AWS::S3::Bucket Bucket is replaced');
  expect(text).toMatch(/\+ {2}wildcard {2}mail-dev-job {2}Allow {2}s3:GetObject on \*/);
  expect(text).toMatch(/mail {2}topic {2}macro f1 {2}0\.9000 {2}→ {2}0\.8500/);
});
