import { fillColumns } from '../../../operations/scaffold/new/columns';

const sample = { fields: ['subject', 'body'], targets: ['topic', 'urgency', 'language'] };
const short = (wanted: { fields?: string[]; targets?: string[] }) => {
  const { fields, targets } = fillColumns(sample, wanted);
  return [...fields, ...targets].map(({ name, parts }) => `${name}=${parts.join('+')}`).join(' ');
};

test('without a wish a project has the columns of its template', () => {
  expect(short({})).toBe('subject=subject body=body topic=topic urgency=urgency language=language');
});

test.each([
  [{ fields: ['a', 'b'], targets: ['x', 'y', 'z'] }, 'a=subject b=body x=topic y=urgency z=language'],
  [
    { fields: ['body', 'title'], targets: ['urgency', 'x'] },
    'body=body title=subject urgency=urgency x=topic',
  ],
  [{ targets: ['language'] }, 'subject=subject body=body language=language'],
  [{ fields: ['topic'], targets: ['subject'] }, 'topic=subject+body subject=topic'],
])('a known name keeps its column, others take what is left in order: %j', (wanted, filled) => {
  expect(short(wanted)).toBe(filled);
});

test('what fewer fields leave over joins the last one, in the order of the sample, so that the bounds still hold', () => {
  expect(short({ fields: ['text'], targets: ['label'] })).toBe('text=subject+body label=topic');
  expect(short({ fields: ['body'], targets: ['label'] })).toBe('body=subject+body label=topic');
});

test('fails with everything that is wrong at once', () => {
  const wanted = { fields: ['a', 'b', 'Text'], targets: ['a', 'x', 'x'] };
  expect(() => fillColumns(sample, wanted)).toThrow(
    [
      '--fields is not a column name · given "Text" · allowed: up to 40 lower-case letters, digits and _, a letter first',
      '--fields names 3 columns, and the sample has 2 to fill them with · allowed: up to 2 · make the project with these, ' +
        'then put rows of your own with all columns into its sample/ and name the columns in its project.yaml',
      '--targets names x twice · allowed: each column once',
      'a is both a field and a target · allowed: one of the two',
    ].join('\n'),
  );
  expect(() => fillColumns(sample, { fields: [] })).toThrow('--fields names no column');
});
