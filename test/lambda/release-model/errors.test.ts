import { type Meaning, meaningOf, sentenceOf } from '../../../lambda/release-model/errors';
import { awsError } from '../../fixtures/events/aws-error';

test.each<[Parameters<typeof awsError>[0], Meaning]>([
  ['endpoint not found', 'absent'],
  ['endpoint config not found', 'absent'],
  ['model not found', 'absent'],
  ['model exists', 'exists'],
  ['endpoint config exists', 'exists'],
  ['endpoint exists', 'exists'],
  ['endpoint in progress', 'busy'],
  ['throttled', 'passing'],
  ['endpoint unknown to the runtime', 'passing'],
  ['access denied', 'lasting'],
  ['quota reached', 'lasting'],
  ['model data missing', 'lasting'],
  ['model package not found', 'lasting'],
])('%s is %s', (which, meaning) => {
  expect(meaningOf(awsError(which))).toBe(meaning);
});

test.each([
  ['a fault of the service that has a name we do not know', Object.assign(new Error(), { $fault: 'server' })],
  ['a connection that broke', Object.assign(new Error(), { code: 'ECONNRESET' })],
])('%s passes', (_, error) => {
  expect(meaningOf(error)).toBe('passing');
});

test('a mistake of ours does not pass by waiting', () => {
  expect(meaningOf(new TypeError('x is not a function'))).toBe('lasting');
  expect(meaningOf('a string')).toBe('lasting');
});

test('a sentence names the error and keeps its words on one line', () => {
  expect(sentenceOf(Object.assign(new Error('a\n  b'), { name: 'Broken' }))).toBe('Broken: a b');
});
