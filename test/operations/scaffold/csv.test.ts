import { formatCsv, parseCsv } from '../../../operations/scaffold/new/csv';

test.each(['a,b\n1,2\n', 'a\n"x, y"\n"says ""no"""\n', 'a,b\n"two\nlines",\n,last\n'])(
  'a file is written as it was read: %j',
  (text) => {
    expect(formatCsv(parseCsv(text))).toBe(text);
  },
);

test('line ends of Windows, a missing last one and an empty last cell are read', () => {
  expect(parseCsv('a,b\r\n1,2\r\n3,')).toEqual([
    ['a', 'b'],
    ['1', '2'],
    ['3', ''],
  ]);
});

test('fails on a quote that is not closed, with its place', () => {
  expect(() => parseCsv('a\n"x\n')).toThrow('is not CSV at character 2');
});
