import { readCsv, writeCsv } from '../../../workbench/label/csv';
import type { ToLabel } from '../../../workbench/label/pick';
import { answered, COLUMNS, unsure } from './rows';

const CLASSES = { topic: ['billing', 'returns'], mood: ['good', 'bad'] };
const ROWS: ToLabel[] = [
  { ...answered('a', 'one, "two"\nthree', { topic: unsure('billing') }), asked: { topic: 'abstained' } },
  { ...answered('b.1', '=HYPERLINK("http://x")', {}), asked: { mood: 'corrections disagree' } },
];
const table = () => writeCsv(ROWS, COLUMNS);
const HEADER = 'inferenceId,topic,mood\n';

test('a table has a line a row and an empty column a target', () => {
  expect(table()).toBe(
    '\uFEFFinferenceId,asked,subject,body,topic (model),topic (confidence),topic,mood (model),mood (confidence),mood\r\n' +
      'a,topic: abstained,hello,"one, ""two""\nthree",billing,0.400,,good,0.970,\r\n' +
      'b.1,mood: corrections disagree,hello,"\'=HYPERLINK(""http://x"")",billing,0.970,,good,0.970,\r\n',
  );
});

test('what somebody filled in is read back, and lines without a label are counted', () => {
  const filled = table().replace('billing,0.400,,', 'billing,0.400,returns,');
  expect(readCsv(filled, COLUMNS, CLASSES, false)).toEqual({
    labels: [{ id: 'a', values: { topic: 'returns' } }],
    empty: 1,
    problems: [],
  });
});

test.each([';', '\t'])('a table that a spreadsheet saved with %j is read', (separator) => {
  const text = `${HEADER}a,returns,\n`.replaceAll(',', separator);
  expect(readCsv(text, COLUMNS, CLASSES, false).labels).toEqual([{ id: 'a', values: { topic: 'returns' } }]);
});

test('a class that nobody knows is named with its line and those that are known', () => {
  const text = `${HEADER}a,retruns,good\nb,billing,\n`;
  expect(readCsv(text, COLUMNS, CLASSES, false)).toEqual({
    labels: [{ id: 'b', values: { topic: 'billing' } }],
    empty: 0,
    problems: [
      'line 2: "retruns" is no class of topic: known are billing, returns; --new-classes allows others',
    ],
  });
  expect(readCsv(text, COLUMNS, CLASSES, true).labels).toHaveLength(2);
});

test('lines are those of the file, also after a text of several lines', () => {
  const text = 'inferenceId,body,topic,mood\na,"one\ntwo",returns,\nb,x,fax,\n';
  expect(readCsv(text, COLUMNS, CLASSES, false).problems[0]).toMatch(/^line 4: "fax"/);
});

test.each([
  ['a,returns\n', 'line 2: 2 cells instead of 3'],
  [',returns,\n', 'line 2: inferenceId is empty: it says which answer is labelled'],
  ['a,returns,\na,billing,\n', 'line 3: inferenceId stands in line 2 already: keep one'],
])('%j is named', (lines, problem) => {
  expect(readCsv(HEADER + lines, COLUMNS, CLASSES, false).problems).toEqual([problem]);
});

test.each(['', 'topic,mood\nx,y\n'])('%j is no table of ours', (text) => {
  expect(readCsv(text, COLUMNS, CLASSES, false).problems).toEqual([
    expect.stringMatching(/^the first line lacks inferenceId.*--csv wrote/),
  ]);
});
