import { answeredIn, correctionIn } from '../../../workbench/label/captured';
import { COLUMNS, capturedLine, truthLine } from './rows';

const ROW = { subject: 'hello', body: 'where is my parcel' };
const PREDICTION = {
  topic: { value: 'delivery', confidence: 0.4, abstained: true },
  mood: { value: 'good', confidence: 0.9 },
};
const REPLY = { modelVersion: 3, predictions: [PREDICTION] };

describe('a captured line', () => {
  test('of a single request is a row with the id of the request', () => {
    expect(answeredIn(capturedLine('a', { rows: [ROW] }, REPLY), COLUMNS)).toEqual([
      {
        id: 'a',
        at: '2026-11-21T10:00:00Z',
        modelVersion: 3,
        row: ROW,
        answer: { topic: PREDICTION.topic, mood: { ...PREDICTION.mood, abstained: false } },
      },
    ]);
  });

  test('in base64 is the same', () => {
    const plain = capturedLine('a', { rows: [ROW] }, REPLY);
    const encoded = capturedLine('a', { rows: [ROW] }, REPLY, true);
    expect(encoded).not.toContain('parcel');
    expect(answeredIn(encoded, COLUMNS)).toEqual(answeredIn(plain, COLUMNS));
  });

  test('of a batch has a row each, named by its place; one that failed is left out', () => {
    const reply = { modelVersion: 3, predictions: [PREDICTION, { error: 'too long' }, PREDICTION] };
    const line = capturedLine('a', { rows: [ROW, ROW, ROW], batch: true }, reply);
    expect(answeredIn(line, COLUMNS)?.map(({ id }) => id)).toEqual(['a.0', 'a.2']);
    const one = capturedLine('b', { rows: [ROW], batch: true }, REPLY);
    expect(answeredIn(one, COLUMNS)?.map(({ id }) => id)).toEqual(['b.0']);
  });

  test('of a release that tried the model is nobody’s question', () => {
    expect(answeredIn(capturedLine('smoke-1', { rows: [ROW] }, REPLY), COLUMNS)).toEqual([]);
  });

  test('with rows that cannot be told apart, and any other line, is unreadable and stops nothing', () => {
    const reply = { modelVersion: 3, predictions: [PREDICTION, PREDICTION] };
    expect(answeredIn(capturedLine('a', { rows: [ROW, ROW] }, reply), COLUMNS)).toBeUndefined();
    for (const line of ['', '{', '7', '{}', capturedLine('a', { text: 'x' }, REPLY)]) {
      expect(answeredIn(line, COLUMNS)).toBeUndefined();
    }
  });

  test('of a project that had other columns has no row to label', () => {
    expect(answeredIn(capturedLine('a', { rows: [{ text: 'x' }] }, REPLY), COLUMNS)).toEqual([]);
  });
});

describe('a correction', () => {
  test('names its answer and the targets that are known', () => {
    expect(correctionIn(truthLine('a', { topic: 'billing', other: 'x', mood: 7 }), COLUMNS.targets)).toEqual({
      id: 'a',
      values: { topic: 'billing' },
    });
  });

  test('that is none is left out', () => {
    expect(correctionIn('{"groundTruthData": 7}', COLUMNS.targets)).toBeUndefined();
  });
});
