import { parseEvent } from '../../../lambda/start-training/event';
import { merge } from './training-of-a-test';

test.each(['manual', 'schedule', 'drift', 'quality', 'tick'])('%s is a reason by itself', (reason) => {
  expect(parseEvent({ reason })).toEqual({ reason });
});

test('a merge names what to train, and who wrote it where that is known', () => {
  expect(parseEvent(merge)).toEqual(merge);
  const known = { ...merge, author: 'jane@example.com' };
  expect(parseEvent(known)).toEqual(known);
});

test.each([
  [
    'a reason that does not exist',
    { reason: 'because' },
    'unknown reason "because": use one of merge, manual, ',
  ],
  ['no reason', {}, 'unknown reason none: use one of merge'],
  ['no event', undefined, 'unknown reason none: use one of merge'],
  [
    'a merge without code',
    { ...merge, code: undefined },
    'a merge needs code, the sha256 of the uploaded code',
  ],
  ['an author with a name around the address', { ...merge, author: 'Jane <j@x>' }, 'a merge needs author, '],
  ['a merge without a commit', { ...merge, commit: '' }, 'a merge needs commit, the commit that was merged'],
  [
    'data outside of the staged base',
    { ...merge, data: 'data/' },
    'a merge needs data, the prefix of the staged',
  ],
  ['a prefix without its slash', { ...merge, data: merge.data.slice(0, -1) }, 'a merge needs data'],
])('fails with %s', (_, event, words) => {
  expect(() => parseEvent(event)).toThrow(words);
});
