import { scheduleOf } from '../../../lib/config/calendar';
import { runsAMonth } from '../../../operations/cost/runs';

test.each([
  [scheduleOf('hour'), 729.6],
  [scheduleOf('day'), 30.4],
  [scheduleOf('month'), 1],
  ['cron(0 3,15 * * ? *)', 60.8],
  ['cron(0 3 ? * MON *)', 4.34],
  ['cron(0 3 1 1,7 ? *)', 1 / 6],
  ['rate(1 hour)', 730],
  ['rate(2 days)', 15.2],
])('%s runs %f times a month', (expression, runs) => {
  expect(runsAMonth(expression)).toBeCloseTo(runs, 1);
});

test.each(['at(2026-11-21T13:00:00)', 'cron(0/5 * * * ? *)', 'often'])('%s is not guessed', (expression) => {
  expect(runsAMonth(expression)).toBeUndefined();
});
