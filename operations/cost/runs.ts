import { DAYS, HOURS } from './assumptions';

/**
 * How often a schedule of EventBridge runs a month, on average; undefined where the expression is not understood.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function runsAMonth(expression: string): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const a: Record<string, number> = { minute: HOURS * 60, hour: HOURS, day: DAYS };
    return (a[rate[2] ?? ''] ?? 0) / Number(rate[1]);
  }
  const cron = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) \S+\)$/.exec(expression);
  if (!cron) return undefined;
  const [minutes, hours, days, months, weekdays] = cron.slice(1).map(timesOf);
  if (minutes === undefined || hours === undefined || months === undefined) return undefined;
  const perDay = (minutes || 60) * (hours || 24);
  const daysAMonth = days || (weekdays ? (weekdays / 7) * DAYS : DAYS);
  return perDay * daysAMonth * ((months || 12) / 12);
}

/** How many times a field of a cron expression names; 0 for all of them. */
function timesOf(field: string): number | undefined {
  if (field === '*' || field === '?') return 0;
  return /^\w+(,\w+)*$/.test(field) ? field.split(',').length : undefined;
}
