const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `40 s`, `5 min`, `3 h`, `12 d`: the largest unit of which there is at least one, rounded down. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

/** `3 h ago`, `in 3 h` or `now`. */
export function relative(when: Date, now: Date): string {
  const difference = when.getTime() - now.getTime();
  if (Math.abs(difference) < 1000) return 'now';
  return difference < 0 ? `${duration(-difference)} ago` : `in ${duration(difference)}`;
}
