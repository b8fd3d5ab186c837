import type { Comparison } from '../../../workbench/compare/compare';
import type { Differences } from '../../../workbench/compare/differences';
import { classLines, metricRows, probability, verdictOf } from '../../../workbench/compare/lines';
import { comparisonMarkdown } from '../../../workbench/compare/markdown';
import { showComparison } from '../../../workbench/compare/show';

const measured = (macro_f1: number) => ({
  accuracy: macro_f1,
  accuracy_interval: [macro_f1 - 0.02, macro_f1 + 0.02] as const,
  macro_f1,
  macro_f1_interval: [macro_f1 - 0.02, macro_f1 + 0.02] as const,
  calibration_error: 0.03,
  coverage: 0.9,
  selective_accuracy: 0.97,
});

function differences(interval: readonly [number, number]): Differences {
  return {
    rows: 528,
    targets: {
      topic: {
        rows: 528,
        this: measured(0.93),
        against: measured(0.92),
        paired: {
          difference: 0.01,
          interval,
          only_this: 9,
          only_against: 4,
          mcnemar_p: 0.27,
          detectable: 0.011,
        },
        classes: {
          better: [{ class: 'refund|now', rows: 40, gained: 5, lost: 1, p: 0.22 }],
          worse: [{ class: 'invoice', rows: 30, gained: 0, lost: 3, p: 0.25 }],
        },
      },
    },
    left_out: ['urgency'],
    flipped: 13,
    flips: [
      {
        target: 'topic',
        truth: 'invoice',
        this: 'refund',
        this_confidence: 0.81,
        against: 'invoice',
        against_confidence: 0.6,
        better: false,
        text: 'Jane Doe asks for her money',
      },
    ],
  };
}

const speed = { load_seconds: 0.4, rows_per_second: 900, p50_ms: 1.5, p95_ms: 2, megabytes: 20 };
const comparison = (interval: readonly [number, number]): Comparison => ({
  project: 'mail',
  this: { name: 'working tree', learner: 'embedding', speed: { ...speed, p50_ms: 3 }, seconds: 30 },
  against: { name: 'HEAD~1 1a2b3c4', learner: 'linear', speed, seconds: 3 },
  differences: differences(interval),
  evaluation: { gate: { passed: true, sentence: 'passed: macro_f1 of topic 0.93' }, rows: 528, metrics: {} },
  report: '/runs/report.html',
});

const plain = {
  paint: (_: string, text: string) => text,
  width: 100,
  interactive: false,
  answer() {},
  say() {},
};

describe('the sentence about a target', () => {
  test('says better when the whole interval lies above zero', () => {
    expect(verdictOf(differences([0.002, 0.02]))).toEqual(['topic: this is better (McNemar p 0.27)']);
  });
  test('says worse when the whole interval lies below zero', () => {
    expect(verdictOf(differences([-0.02, -0.002]))).toEqual(['topic: this is worse (McNemar p 0.27)']);
  });
  test('says what so many rows can tell when it holds zero', () => {
    expect(verdictOf(differences([-0.01, 0.02]))).toEqual([
      'topic: cannot be told apart; so many rows find a difference of 0.0110 eight times in ten',
    ]);
  });
});

test('metrics stand with their intervals, differences with their sign', () => {
  expect(metricRows(differences([-0.01, 0.02]))[0]).toEqual([
    'topic',
    'macro F1',
    '0.9300 [0.9100, 0.9500]',
    '0.9200 [0.9000, 0.9400]',
    '+0.0100 [-0.0100, +0.0200]',
  ]);
});

test('classes that got worse stand before those that got better', () => {
  expect(classLines(differences([0, 0])).map(({ text }) => text)).toEqual([
    'topic invoice: 0 gained, 3 lost of 30 rows (p 0.25)',
    'topic refund|now: 5 gained, 1 lost of 40 rows (p 0.22)',
  ]);
});

test('a terminal shows rows that flipped, size, speed, the gate and a target that only one answers', () => {
  const shown = showComparison(comparison([-0.01, 0.02]), plain);
  expect(shown).toContain('- topic: invoice 0.60 → refund 0.81, right is invoice');
  expect(shown).toContain('Jane Doe asks for her money');
  expect(shown).toMatch(/a row, median +3\.00 ms +1\.50 ms +2\.00 ×/);
  expect(shown).toContain('urgency is answered by one of the two only');
  expect(shown).toContain('The gate, with HEAD~1 1a2b3c4 as the champion: passed');
});

test('a pull request gets the table, and the text of no row', () => {
  const markdown = comparisonMarkdown(comparison([-0.01, 0.02]));
  expect(markdown).toContain('| topic | macro F1 | 0.9300 \\[0.9100, 0.9500\\] |');
  expect(markdown).not.toContain('Jane Doe');
});

test('a class named like markup stays a name', () => {
  expect(comparisonMarkdown(comparison([0, 0]))).toContain('refund\\|now');
});

test('a tiny probability is below the last digit, not zero', () => {
  expect([probability(0), probability(0.00004), probability(0.27)]).toEqual(['< 0.0001', '< 0.0001', '0.27']);
});
