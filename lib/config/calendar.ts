/** How often something happens, in the words of project.yaml. */
export type Every = 'hour' | 'day' | 'month';

/**
 * The schedule of each word, in UTC. Days and months begin in the night, at different hours, so that a monthly
 * training and a daily tick do not meet; nothing starts on the full hour, when everybody's does.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
const SCHEDULES = {
  hour: { expression: 'cron(10 * * * ? *)', seconds: 3_600 },
  day: { expression: 'cron(20 4 * * ? *)', seconds: 86_400 },
  month: { expression: 'cron(40 2 1 * ? *)', seconds: 31 * 86_400 },
} as const satisfies Record<Every, { expression: string; seconds: number }>;

/** The EventBridge Scheduler expression of a word. */
export function scheduleOf(every: Every): string {
  return SCHEDULES[every].expression;
}

/** The longest time between two of them, in seconds. */
export function secondsOf(every: Every): number {
  return SCHEDULES[every].seconds;
}
