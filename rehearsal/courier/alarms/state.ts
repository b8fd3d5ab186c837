import type { ComparisonOperator, StateValue } from '@aws-sdk/client-cloudwatch';

/** What the state of an alarm is decided by. */
export interface AlarmRule {
  /** Periods that are looked at. */
  readonly evaluationPeriods: number;
  /** Of these, how many must breach. */
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  readonly missingData: string;
}

export const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Periods beyond those of the alarm from which CloudWatch takes data points when recent ones are missing. */
export const FURTHER_PERIODS = 2;

/**
 * Decides an alarm's state.
 *
 * @param datapoints one for each period, the newest first, undefined where there is none; `evaluationPeriods` and
 *   `FURTHER_PERIODS` of them
 * @param current the state until now
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function alarmState(
  datapoints: ReadonlyArray<number | undefined>,
  rule: AlarmRule,
  current: StateValue,
): StateValue {
  const compare = COMPARISONS[rule.comparison];
  if (!compare) throw new Error(`comparison ${rule.comparison} is not evaluated`);
  const range = datapoints.slice(0, rule.evaluationPeriods + FURTHER_PERIODS);
  const breaching = range.map((value) => value !== undefined && compare(value, rule.threshold));
  const present = breaching.filter((_, age) => range[age] !== undefined).slice(0, rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - present.length;
  const count = present.filter(Boolean).length;
  const enough = (breaches: number): StateValue => (breaches >= rule.datapointsToAlarm ? 'ALARM' : 'OK');
  if (missing === 0) return enough(count);

  switch (rule.missingData) {
    case 'breaching':
      return enough(count + missing);
    case 'notBreaching':
      return enough(count);
    case 'ignore':
      // Decided only where the missing ones could not change it.
      return enough(count) === enough(count + missing) ? enough(count) : current;
    default:
      if (present.length === 0) return 'INSUFFICIENT_DATA';
      if (count < present.length) return enough(count);
      // All that is there breaches, and began long enough ago: it rings, although some are missing.
      return breaching.lastIndexOf(true) + 1 >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
  }
}
