import { RequestRefused } from '../../../lambda/http';
import { MAX_CORRECTIONS } from '../../../lambda/record-feedback/contract';
import { parseCorrections } from '../../../lambda/record-feedback/parse-corrections';

const TARGETS = ['topic', 'urgency'];
const ID = '6f1c0b1e-4b52-4f0e-9a55-0d6a1c2b3e4f';

test('one correction, and a list of one, are the same', () => {
  const correction = { inferenceId: ID, correction: { topic: 'a' } };
  const parsed = { wellFormed: [{ index: 0, correction }], rejected: [] };

  expect(parseCorrections(correction, TARGETS)).toEqual(parsed);
  expect(parseCorrections({ corrections: [correction] }, TARGETS)).toEqual(parsed);
});

test('the id of one answer of several is an id', () => {
  const correction = { inferenceId: `${ID}.49`, correction: { topic: 'a' } };

  expect(parseCorrections(correction, TARGETS).wellFormed).toHaveLength(1);
});

test('a value of the longest length is taken', () => {
  const correction = { reference: 'CASE-1', correction: { topic: 'a'.repeat(256) } };

  expect(parseCorrections(correction, TARGETS).wellFormed).toHaveLength(1);
});

test('bad ones among good ones are told apart by their place, with all their faults', () => {
  const good = { inferenceId: ID, correction: { topic: 'a' } };

  const parsed = parseCorrections({ corrections: [{ correction: { topic: 7 }, note: 'x' }, good] }, TARGETS);

  expect(parsed.wellFormed).toEqual([{ index: 1, correction: good }]);
  expect(parsed.rejected).toEqual([
    {
      index: 0,
      reason: expect.stringMatching(/^note is unknown.*; inferenceId or reference.*; correction.topic is/),
    },
  ]);
});

test.each([
  ['a list', [], 'correction is an array', undefined],
  ['no name', { correction: { topic: 'a' } }, 'only one of them', 'inferenceId'],
  [
    'both names',
    { inferenceId: ID, reference: 'A', correction: { topic: 'a' } },
    'only one of them',
    'inferenceId',
  ],
  [
    'an id that is none',
    { inferenceId: 'a/../b', correction: { topic: 'a' } },
    'inferenceId is no id',
    'inferenceId',
  ],
  [
    'an id with two places',
    { inferenceId: `${ID}.1.2`, correction: { topic: 'a' } },
    'inferenceId is no id',
    'inferenceId',
  ],
  [
    'an id of another type',
    { inferenceId: 7, correction: { topic: 'a' } },
    'inferenceId is no id',
    'inferenceId',
  ],
  [
    'a bad reference',
    { reference: 'a b', correction: { topic: 'a' } },
    'reference is not allowed',
    'reference',
  ],
  ['no correction', { inferenceId: ID }, 'correction is nothing', 'correction'],
  ['an empty correction', { inferenceId: ID, correction: {} }, 'an empty object', 'correction'],
  [
    'an unknown target',
    { inferenceId: ID, correction: { colour: 'a' } },
    'correction.colour is unknown',
    'correction.colour',
  ],
  ['a number', { inferenceId: ID, correction: { topic: 7 } }, 'a value of type number', 'correction.topic'],
  [
    'a blank value',
    { inferenceId: ID, correction: { topic: ' ' } },
    'give a string of 1 to 256',
    'correction.topic',
  ],
  [
    'a long value',
    { inferenceId: ID, correction: { topic: 'a'.repeat(257) } },
    'a string of 257',
    'correction.topic',
  ],
  ['an unknown key', { inferenceId: ID, correction: { topic: 'a' }, note: 'x' }, 'note is unknown', 'note'],
  ['no corrections', { corrections: [] }, 'corrections has 0 items', 'corrections'],
  ['corrections of another type', { corrections: 7 }, 'corrections is a value of type number', 'corrections'],
  ['too many', { corrections: Array(MAX_CORRECTIONS + 1).fill({}) }, 'has 101 items', 'corrections'],
  [
    'a key beside corrections',
    { corrections: [{}], inferenceId: ID },
    'inferenceId is unknown',
    'inferenceId',
  ],
  [
    'a bad one in a list',
    { corrections: [{ reference: 'A' }] },
    'corrections[0].correction is nothing',
    'corrections[0].correction',
  ],
])('fails on %s, naming it', (_, body, message, field) => {
  const refusal = refusalOf(body);

  expect(refusal.message).toContain(message);
  expect(refusal.body().error.field).toBe(field);
});

function refusalOf(body: unknown): RequestRefused {
  try {
    parseCorrections(body, TARGETS);
  } catch (error) {
    if (error instanceof RequestRefused) return error;
    throw error;
  }
  throw new Error('the corrections were taken');
}
