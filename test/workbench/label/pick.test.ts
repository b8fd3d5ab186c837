import { pick } from '../../../workbench/label/pick';
import { answered, COLUMNS, sure, unsure } from './rows';

type Corrections = Parameters<typeof pick>[0]['corrections'];
const NONE: Corrections = new Map();
const NOBODY: ReadonlySet<string> = new Set();

const picked = (
  answers: Parameters<typeof pick>[0]['answers'],
  corrections = NONE,
  done = NOBODY,
  most = 100,
) => pick({ answers, corrections }, COLUMNS.targets, done, most);
const ids = (...given: Parameters<typeof picked>) => picked(...given).map(({ id }) => id);

test('rows that the model was sure of are not worth a label', () => {
  expect(picked([answered('a', 'one'), answered('b', 'two')])).toEqual([]);
});

test('abstained rows come least confident first, and say which target is asked for', () => {
  const answers = [
    answered('a', 'one', { topic: unsure('billing', 0.5) }),
    answered('b', 'two', { mood: unsure('bad', 0.2) }),
    answered('c', 'three', { topic: unsure('billing', 0.6), mood: unsure('good', 0.3) }),
  ];
  expect(ids(answers)).toEqual(['b', 'c', 'a']);
  expect(picked(answers)[0]?.asked).toEqual({ mood: 'abstained' });
  expect(picked(answers)[1]?.asked).toEqual({ topic: 'abstained', mood: 'abstained' });
});

test('so many rows are picked as were asked for', () => {
  const answers = ['one', 'two', 'three'].map((text, at) =>
    answered(text, text, { topic: unsure('billing', 0.5 - at / 10) }),
  );
  expect(ids(answers, NONE, NOBODY, 2)).toEqual(['three', 'two']);
});

test('a target that was corrected is not asked about again', () => {
  const row = answered('a', 'one', { topic: unsure('billing'), mood: unsure('bad') });
  const corrected = new Map([['a', { topic: ['returns'] }]]);
  expect(picked([row], corrected)[0]?.asked).toEqual({ mood: 'abstained' });
  expect(picked([row], new Map([['a', { topic: ['returns'], mood: ['good'] }]]))).toEqual([]);
});

test('corrections that disagree with each other are asked about, until somebody labelled them here', () => {
  const row = answered('a', 'one');
  const corrected = new Map([['a', { topic: ['returns', 'delivery'] }]]);
  expect(picked([row], corrected)[0]?.asked).toEqual({ topic: 'corrections disagree' });
  expect(picked([row], corrected, new Set(['a']))).toEqual([]);
});

test('rows that differ in numbers, signs and case only, and were answered differently, are asked about once', () => {
  const answers = [
    answered('a', 'Where is order 123?', { topic: sure('delivery', 0.8) }),
    answered('b', 'where is order 4567', { topic: sure('billing', 0.7) }),
    answered('c', 'where is my refund', { topic: sure('returns', 0.6) }),
  ];
  expect(ids(answers)).toEqual(['b']);
  expect(picked(answers)[0]?.asked).toEqual({ topic: 'alike, answered differently' });
});

test('a label of one row speaks for those that say the same', () => {
  const answers = [
    answered('a', 'order 1', { topic: unsure('billing', 0.3) }),
    answered('b', 'order 2', { topic: unsure('billing', 0.4) }),
  ];
  expect(ids(answers)).toEqual(['a']);
  expect(ids(answers, new Map([['a', { topic: ['delivery'] }]]))).toEqual([]);
  expect(ids(answers, NONE, new Set(['a']))).toEqual([]);
});

test('rows without a letter are like no other', () => {
  const answers = [
    { ...answered('a', '', { topic: unsure('billing') }), row: { subject: '', body: '!!' } },
    { ...answered('b', '', { topic: unsure('billing') }), row: { subject: '', body: '🙂' } },
  ];
  expect(ids(answers)).toEqual(['a', 'b']);
});
