import type { StateValue } from '@aws-sdk/client-cloudwatch';
import { type AlarmRule, alarmState } from '../../../../rehearsal/courier/alarms/state';

const rule: AlarmRule = {
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 1,
  comparison: 'GreaterThanThreshold',
  missingData: 'missing',
};

test.each([
  ['GreaterThanThreshold', 1, 'OK'],
  ['GreaterThanThreshold', 1.1, 'ALARM'],
  ['GreaterThanOrEqualToThreshold', 1, 'ALARM'],
  ['LessThanThreshold', 1, 'OK'],
  ['LessThanThreshold', 0.9, 'ALARM'],
  ['LessThanOrEqualToThreshold', 1, 'ALARM'],
] as const)('%s 1 of %d is %s', (comparison, value, state) => {
  expect(alarmState([value], { ...rule, comparison }, 'OK')).toBe(state);
});

test('fails on a comparison with an anomaly band', () => {
  const band = { ...rule, comparison: 'GreaterThanUpperThreshold' } as const;
  expect(() => alarmState([2], band, 'OK')).toThrow('is not evaluated');
});

// The documentation's tables: oldest first, X breaches, 0 does not, - is missing.
test.each([
  ['0-X-X', 3, 3, ['OK', 'OK', 'OK', 'OK']],
  ['0----', 3, 3, ['OK', 'OK', 'OK', 'OK']],
  ['-----', 3, 3, ['INSUFFICIENT_DATA', 'current', 'ALARM', 'OK']],
  ['0XX-X', 3, 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['--X--', 3, 3, ['ALARM', 'current', 'ALARM', 'OK']],
  ['----X', 3, 3, ['OK', 'current', 'ALARM', 'OK']],
  ['0-X-X', 3, 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['00X0X', 3, 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['----0', 3, 2, ['OK', 'current', 'ALARM', 'OK']],
  ['---X-', 3, 2, ['ALARM', 'current', 'ALARM', 'OK']],
] as const)('%s with %d periods, %d to alarm', (drawn, evaluationPeriods, datapointsToAlarm, expected) => {
  const points = [...drawn].reverse().map((sign) => (sign === '-' ? undefined : sign === 'X' ? 2 : 0));
  const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'];
  for (const current of ['OK', 'ALARM'] satisfies StateValue[]) {
    const states = treatments.map((missingData) =>
      alarmState(points, { ...rule, evaluationPeriods, datapointsToAlarm, missingData }, current),
    );
    expect(states).toEqual(expected.map((state) => (state === 'current' ? current : state)));
  }
});
