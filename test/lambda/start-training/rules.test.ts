import type { StartReason, StartTrainingEnv } from '../../../lambda/start-training/contract';
import { permission, rulesFrom, tooFewRows } from '../../../lambda/start-training/rules';
import type { StartItem } from '../../../lambda/start-training/start-item';
import { env } from './training-of-a-test';

const rules = { on: ['merge', 'drift', 'quality', 'schedule'], cooldownHours: 24, minNewRows: 200 };
const merged: StartItem = { code: 'c', commit: 'abc', data: 'data/base/d/' };
const now = Date.parse('2026-11-21T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toISOString();

test.each<StartReason>(['merge', 'manual', 'schedule', 'drift', 'quality'])(
  '%s may start what the last merge named',
  (reason) => {
    expect(permission(reason, merged, rules, now)).toEqual({ reason, ...merged });
  },
);

test.each<StartReason>(['manual', 'schedule', 'drift', 'quality'])(
  '%s has nothing to train before the first merge',
  (reason) => {
    expect(permission(reason, {}, rules, now)).toMatchObject({ outcome: 'nothing to train' });
  },
);

describe('the project says which reasons count', () => {
  const quiet = { ...rules, on: ['merge'] };

  test.each<StartReason>(['schedule', 'drift', 'quality'])('%s does not, unless it is listed', (reason) => {
    expect(permission(reason, merged, quiet, now)).toMatchObject({
      outcome: 'not configured',
      note: `${reason} is not in retrain.on (merge): nothing was started`,
    });
  });

  test('merge does not either, when the list is without it', () => {
    const none = { ...rules, on: ['schedule'] };
    expect(permission('merge', merged, none, now)).toMatchObject({ outcome: 'not configured' });
  });

  test('a person always does', () => {
    expect(permission('manual', merged, { ...rules, on: [''] }, now)).toMatchObject({ reason: 'manual' });
  });
});

describe('the cooldown', () => {
  const cooling = { ...merged, startedAutomatically: hoursAgo(23.9) };

  test.each(['schedule', 'drift', 'quality'] as const)('holds %s back and leaves it pending', (reason) => {
    expect(permission(reason, cooling, rules, now)).toMatchObject({
      outcome: 'cooling down',
      pending: reason,
      note: expect.stringContaining('held back until 2026-11-21T12:06:00.000Z'),
    });
  });

  test.each<StartReason>(['merge', 'manual'])('never holds back %s', (reason) => {
    expect(permission(reason, cooling, rules, now)).toMatchObject({ reason });
  });

  test('counts from the last automatic start: a merge does not push retraining away', () => {
    const mergedJustNow = { ...merged, started: hoursAgo(0.1), startedAutomatically: hoursAgo(25) };
    expect(permission('drift', mergedJustNow, rules, now)).toMatchObject({ reason: 'drift' });
  });

  test('is over to the millisecond', () => {
    const over = { ...merged, startedAutomatically: hoursAgo(24) };
    expect(permission('drift', over, rules, now)).toMatchObject({ reason: 'drift' });
  });
});

describe('the daily tick', () => {
  test('starts what was held back, for its own reason', () => {
    const item: StartItem = { ...merged, pending: 'quality', startedAutomatically: hoursAgo(25) };
    expect(permission('tick', item, rules, now)).toMatchObject({ reason: 'quality' });
  });

  test('goes on waiting while it cools down', () => {
    const item: StartItem = { ...merged, pending: 'drift', startedAutomatically: hoursAgo(1) };
    expect(permission('tick', item, rules, now)).toMatchObject({ outcome: 'cooling down', pending: 'drift' });
  });

  test('does nothing when nothing was held back', () => {
    expect(permission('tick', merged, rules, now)).toMatchObject({ outcome: 'nothing pending' });
  });

  test('starts nothing that the project no longer wants', () => {
    const item: StartItem = { ...merged, pending: 'drift' };
    expect(permission('tick', item, { ...rules, on: ['merge'] }, now)).toMatchObject({
      outcome: 'not configured',
    });
  });
});

describe('too little to learn', () => {
  test('one row less than the project asks for is too few, exactly as many is enough', () => {
    expect(tooFewRows('drift', 199, rules)).toMatchObject({
      outcome: 'too few new rows',
      note: expect.stringContaining('there are 199 labelled rows'),
    });
    expect(tooFewRows('drift', 200, rules)).toBeUndefined();
  });

  test('stays pending after an alarm, which speaks once, and not after a schedule, which comes again', () => {
    expect(tooFewRows('drift', 0, rules)?.pending).toBe('drift');
    expect(tooFewRows('quality', 0, rules)?.pending).toBe('quality');
    expect(tooFewRows('schedule', 0, rules)?.pending).toBeUndefined();
  });
});

test('the rules are read from the environment', () => {
  expect(rulesFrom(env)).toEqual({ on: ['merge', 'drift', 'quality'], cooldownHours: 24, minNewRows: 3 });
});

test.each<[keyof StartTrainingEnv, string]>([
  ['COOLDOWN_HOURS', 'a day'],
  ['COOLDOWN_HOURS', ''],
  ['MIN_NEW_ROWS', '-1'],
])('fails with %s of %p', (name, value) => {
  expect(() => rulesFrom({ ...env, [name]: value })).toThrow(
    `${name} must be a number of at least 0, got '${value}'`,
  );
});
