/** How often something happens, in the words of project.yaml. */
export type Every = 'hour' | 'day' | 'month';

/**
 * The schedule of each word, in UTC. Days and months begin in the night, at different hours, so that a monthly
 * training and a daily tick do not meet; nothing starts on the full hour, when everybody's does.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
const SCHEDULES = {
  hour: { minute: 10, hour: undefined, day: undefined, seconds: 3_600 },
  day: { minute: 20, hour: 4, day: undefined, seconds: 86_400 },
  month: { minute: 40, hour: 2, day: 1, seconds: 31 * 86_400 },
} as const satisfies Record<Every, { minute: number; hour?: number; day?: number; seconds: number }>;

/** The EventBridge Scheduler expression of a word. */
export function scheduleOf(every: Every): string {
  const { minute, hour = '*', day = '*' } = SCHEDULES[every];
  return `cron(${minute} ${hour} ${day} * ? *)`;
}

/** The longest time between two of them, in seconds. */
export function secondsOf(every: Every): number {
  return SCHEDULES[every].seconds;
}

/** The first time of a word's schedule after `now`. */
export function nextAt(every: Every, now: Date): Date {
  const { minute, hour, day } = SCHEDULES[every];
  const [thisYear, thisMonth, thisDay, thisHour] = [
    now.getUTCFullYear(),
    now.getUTCMonth(),
    now.getUTCDate(),
    now.getUTCHours(),
  ];
  // Days and hours beyond the end of a month or a day are those of the next.
  const times = [0, 1].map((later) => {
    if (day !== undefined) return Date.UTC(thisYear, thisMonth + later, day, hour, minute);
    if (hour !== undefined) return Date.UTC(thisYear, thisMonth, thisDay + later, hour, minute);
    return Date.UTC(thisYear, thisMonth, thisDay, thisHour + later, minute);
  });
  return new Date(times.find((time) => time > now.getTime()) ?? Number.NaN);
}
