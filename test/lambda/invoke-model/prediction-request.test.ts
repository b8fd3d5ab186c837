import { RequestRefused } from '../../../lambda/http';
import { parsePredictionRequest } from '../../../lambda/invoke-model/prediction-request';

const FIELDS = ['subject', 'body'];
const input = { subject: 'Invoice 4711', body: 'I was charged twice.' };

test.each([
  ['without a reference', { input }],
  ['with every allowed kind of character in its reference', { input, reference: 'Case_1.2:3/4-5' }],
  ['with the longest reference', { input, reference: 'a'.repeat(128) }],
])('a request %s is taken as it is', (_, body) => {
  expect(parsePredictionRequest(body, FIELDS)).toEqual(body);
});

test.each([
  ['a list', [], 'the body is an array', undefined],
  ['null', null, 'the body is null', undefined],
  ['a text', 'hi', 'the body is a value of type string', undefined],
  ['without input', {}, 'input is nothing: give an object with subject, body', 'input'],
  ['with a list as input', { input: [] }, 'input is an array', 'input'],
  [
    'with an unknown key',
    { input, refrence: 'A' },
    'refrence is unknown: allowed are input and reference',
    'refrence',
  ],
  ['without a field', { input: { subject: 'a' } }, 'input.body is missing', 'input.body'],
  [
    'without any text',
    { input: { subject: '', body: ' \n' } },
    'input.subject and input.body is empty: give some text to classify',
    'input.subject',
  ],
  ['with a number', { input: { ...input, body: 7 } }, 'input.body is a value of type number', 'input.body'],
  ['with null', { input: { ...input, body: null } }, 'input.body is null', 'input.body'],
  [
    'with a field the model does not read',
    { input: { ...input, to: 'x' } },
    'input.to is unknown',
    'input.to',
  ],
  ['with a space in its reference', { input, reference: 'a b' }, 'give 1 to 128 letters', 'reference'],
  ['with a long reference', { input, reference: 'a'.repeat(129) }, 'give 1 to 128 letters', 'reference'],
  ['with an empty reference', { input, reference: '' }, 'give 1 to 128 letters', 'reference'],
  ['with a number as reference', { input, reference: 7 }, 'give 1 to 128 letters', 'reference'],
])('fails on a request %s, naming what is wrong', (_, body, message, field) => {
  const { error } = refusal(body).body();

  expect(error.message).toContain(message);
  expect(error.field).toBe(field);
});

test('a mail without a subject is taken', () => {
  const body = { input: { ...input, subject: '' } };

  expect(parsePredictionRequest(body, FIELDS)).toEqual(body);
});

test('fails with all faults at once', () => {
  const { message } = refusal({ input: { subject: 7, to: 'x' }, reference: 'a b', more: 1 });

  expect(message.split('; ')).toEqual([
    expect.stringContaining('more is unknown'),
    expect.stringContaining('input.to is unknown'),
    expect.stringContaining('input.subject is a value of type number'),
    expect.stringContaining('input.body is missing'),
    expect.stringContaining('reference is not allowed'),
  ]);
});

test('fails on a field that is named like a method of every object, and was not given', () => {
  expect(refusal({ input: {} }, ['toString']).message).toContain('input.toString is missing');
});

test('a key that the caller made up is quoted only so far', () => {
  expect(refusal({ input, ['k'.repeat(5_000)]: 1 }).message.length).toBeLessThan(200);
});

function refusal(body: unknown, fields = FIELDS): RequestRefused {
  try {
    parsePredictionRequest(body, fields);
  } catch (error) {
    if (error instanceof RequestRefused) return error;
    throw error;
  }
  throw new Error('the request was taken');
}
