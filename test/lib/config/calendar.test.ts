import { nextAt, scheduleOf } from '../../../lib/config/calendar';

test.each([
  ['hour', 'cron(10 * * * ? *)'],
  ['day', 'cron(20 4 * * ? *)'],
  ['month', 'cron(40 2 1 * ? *)'],
] as const)('every %s is %s', (every, expression) => {
  expect(scheduleOf(every)).toBe(expression);
});

test.each([
  ['hour', '2026-12-31T23:09:59Z', '2026-12-31T23:10:00Z'],
  ['hour', '2026-12-31T23:10:00Z', '2027-01-01T00:10:00Z'],
  ['day', '2026-02-28T04:19:00Z', '2026-02-28T04:20:00Z'],
  ['day', '2026-02-28T04:20:00Z', '2026-03-01T04:20:00Z'],
  ['month', '2026-12-01T02:39:00Z', '2026-12-01T02:40:00Z'],
  ['month', '2026-12-01T02:40:00Z', '2027-01-01T02:40:00Z'],
  ['month', '2026-01-31T12:00:00Z', '2026-02-01T02:40:00Z'],
] as const)('the next %s after %s is %s', (every, now, next) => {
  expect(nextAt(every, new Date(now))).toEqual(new Date(next));
});
