import { type ClassEvents, type Evaluation, metricsLines } from '../../pipelines/evaluation';

const OLD: Evaluation = {
  gate: { passed: true, sentence: 'passed' },
  rows: 540,
  metrics: {
    topic: { accuracy: 0.93, macro_f1: 0.91, calibration_error: 0.02 },
    mood: { accuracy: 0.8, macro_f1: 0.75, calibration_error: 0.041 },
  },
};
const NOTHING: ClassEvents = { new: [], removed: [], renamed: {}, merged: {}, rare: {} };

describe('an evaluation for people', () => {
  test('is a line a target, with figures below each other', () => {
    expect(metricsLines(OLD)).toEqual([
      'On 540 rows held out:',
      '  topic  accuracy 0.9300  macro F1 0.9100  calibration error 0.020',
      '  mood   accuracy 0.8000  macro F1 0.7500  calibration error 0.041',
    ]);
  });

  test('of a project that measured something else is nothing', () => {
    expect(metricsLines({ ...OLD, metrics: {} })).toEqual([]);
  });

  test('says how much is answered, where a model abstains, and how well', () => {
    const topic = { accuracy: 0.93, macro_f1: 0.91, calibration_error: 0.02 };
    const lines = metricsLines({
      ...OLD,
      metrics: {
        sure: { ...topic, coverage: 1, selective_accuracy: 0.93 },
        unsure: { ...topic, coverage: 0.881, selective_accuracy: 0.962 },
        silent: { ...topic, coverage: 0, selective_accuracy: null },
      },
    });
    expect(lines[1]).toMatch(/calibration error 0.020$/);
    expect(lines[2]).toMatch(/answers 88.1 %, 96.2 % of them right$/);
    expect(lines[3]).toMatch(/answers 0.0 %$/);
  });

  test('tells how much the learner gains over the cheaper one', () => {
    const lines = metricsLines({
      ...OLD,
      cheaper: {
        learner: 'linear',
        compared: true,
        reason: '',
        targets: {
          topic: {
            difference: 0.0171,
            interval: [0.0075, 0.0253],
            only_this: 61,
            only_cheaper: 35,
            mcnemar_p: 0.0105,
            detectable: 0.0089,
          },
        },
      },
    });
    expect(lines.slice(3)).toEqual([
      'Macro F1 against linear, which is cheaper, on the same rows:',
      '  topic  +0.0171 [+0.0075, +0.0253]  right alone 61 to 35  found from 0.009',
    ]);
  });

  test('of the cheapest learner says nothing of a cheaper one', () => {
    const cheaper = {
      learner: null,
      compared: false,
      reason: 'linear is the cheapest learner',
      targets: {},
    };
    expect(metricsLines({ ...OLD, cheaper })).toHaveLength(3);
  });

  test('tells what became of classes', () => {
    const lines = metricsLines({
      ...OLD,
      classes: {
        topic: {
          new: ['chat'],
          removed: ['fax', 'telex'],
          renamed: { bill: 'billing' },
          merged: { returns: ['return', 'refund'] },
          rare: { chat: 5 },
        },
        mood: NOTHING,
      },
    });
    expect(lines.slice(3)).toEqual([
      'Classes:',
      '  topic: new chat',
      '  topic: removed fax, telex',
      '  topic: bill is now billing',
      '  topic: return, refund are now returns',
      '  topic: rare chat (5 rows)',
    ]);
  });

  test('names ten of many new classes and counts the rest', () => {
    const many = Array.from({ length: 12 }, (_, number) => `c${number}`);
    const lines = metricsLines({ ...OLD, classes: { topic: { ...NOTHING, new: many } } });
    expect(lines.at(-1)).toBe('  topic: new c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more');
  });

  test('tells what was odd about the data, ten sentences at most', () => {
    const warnings = Array.from({ length: 11 }, (_, number) => `month ${number} is missing`);
    const lines = metricsLines({ ...OLD, data: { warnings } });
    expect(lines.slice(3, 5)).toEqual(['The data:', '  month 0 is missing']);
    expect(lines.at(-1)).toBe('  and 1 more, see the report');
    expect(metricsLines({ ...OLD, data: { warnings: [] } })).toHaveLength(3);
  });
});
