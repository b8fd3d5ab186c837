import { bodyOf, subjectOf } from '../../../lambda/tell-owner/notice';

test('a subject is what SNS takes: ASCII, one line, fewer than 100 characters', () => {
  expect(subjectOf('mail-dev: größe\nwaits')).toBe('mail-dev: gr?e?waits');
  expect(subjectOf('x'.repeat(200))).toHaveLength(99);
});

test('a body leaves out what there is nothing to say about, and keeps empty lines', () => {
  expect(bodyOf({ lines: ['a', undefined, '', 'b'] })).toBe('a\n\nb');
});
