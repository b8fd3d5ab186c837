import {
  advanced,
  type FeedbackCursor,
  listFeedbackAfter,
  newFeedback,
} from '../../../lambda/start-monitoring/feedback-cursor';
import type { StoredObject } from '../../../lambda/start-monitoring/stored-objects';

const none: FeedbackCursor = {};
const first = object('zzz', '10:05:00');
const second = object('aaa', '10:06:00');

test('without a cursor everything is new, in the order of storing and not of names', () => {
  expect(newFeedback([second, first], none)).toEqual([first, second]);
});

test('what was taken is not new again', () => {
  const cursor = advanced(none, [first, second], [second, first]);

  expect(newFeedback([second, first], cursor)).toEqual([]);
});

test('an object stored in the second of the last one, after the listing, is still new', () => {
  const cursor = advanced(none, [first], [first]);
  const late = object('aaa', '10:05:00');

  expect(newFeedback([late, first], cursor)).toEqual([late]);
});

test('an object that appears seconds after its time is still new, once', () => {
  const cursor = advanced(none, [second], [second]);
  const late = object('late', '10:05:55');
  const found = newFeedback([late, second], cursor);
  const next = advanced(cursor, found, [late, second]);

  expect(found).toEqual([late]);
  expect(next.feedbackThrough).toBe(second.stored);
  expect(newFeedback([late, second], next)).toEqual([]);
});

test('a correction corrected again under the same key is new', () => {
  const cursor = advanced(none, [first], [first]);
  const again = { ...first, stored: '2026-11-21T10:05:01.000Z' };

  expect(newFeedback([again], cursor)).toEqual([again]);
});

test('what was not taken for being too much is new the next time', () => {
  const cursor = advanced(none, [first], [second, first]);

  expect(newFeedback([second, first], cursor)).toEqual([second]);
});

test('marks of long ago are forgotten', () => {
  const cursor = advanced(advanced(none, [first], [first]), [second], [first, second]);

  expect(cursor.feedbackRecent).toHaveLength(1);
});

test('nothing taken leaves the cursor as it is', () => {
  const cursor = advanced(none, [first], [first]);

  expect(advanced(cursor, [], [first])).toEqual(cursor);
});

test.each([
  ['2026-11-21T10:05:00.000Z', 'feedback/2026/11/21/10'],
  ['2026-11-21T10:00:30.000Z', 'feedback/2026/11/21/09'],
  ['2027-01-01T00:00:00.000Z', 'feedback/2026/12/31/23'],
])('after %s a listing starts at %s', (feedbackThrough, start) => {
  expect(listFeedbackAfter({ feedbackThrough })).toBe(start);
});

test('without a cursor a listing starts at the beginning', () => {
  expect(listFeedbackAfter(none)).toBeUndefined();
});

function object(name: string, time: string): StoredObject {
  return { key: `feedback/2026/11/21/10/${name}_2026112110.jsonl`, stored: `2026-11-21T${time}.000Z` };
}
