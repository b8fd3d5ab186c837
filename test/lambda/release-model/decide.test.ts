import {
  type Action,
  MAX_ATTEMPTS,
  next,
  type Observed,
  type ReleaseRecord,
  type Target,
  type Wishes,
} from '../../../lambda/release-model/decide';

const v1 = target(1);
const v2 = target(2);
const wishes: Wishes = { nameOf: name, scaling: undefined };
const nothing: Observed = { model: false, config: false };
const made = { model: true, config: true };

describe('a first release', () => {
  const record: ReleaseRecord = { seen: 1, desired: v1 };

  test.each<[string, Observed, Action['do']]>([
    ['creates the model', nothing, 'create model'],
    ['then the config', { model: true, config: false }, 'create config'],
    ['then the endpoint', made, 'create endpoint'],
    ['waits while it is created', at('Creating', v1), 'wait'],
    ['asks the model when it is in service', at('InService', v1), 'smoke'],
  ])('%s', (_, observed, action) => {
    expect(decided(record, observed)).toBe(action);
  });

  test('that failed is deleted, since AWS accepts nothing else in that state', () => {
    expect(decided({ ...record, attempts: 1 }, at('Failed', v1))).toBe('delete endpoint');
  });

  test('that failed again and again is given up, with the reason that AWS gives', () => {
    const failed = { ...made, endpoint: { status: 'Failed', config: v1.config, reason: 'no ping' } };
    expect(next({ ...record, attempts: MAX_ATTEMPTS }, failed, wishes)).toEqual({
      do: 'give up',
      why: `the endpoint failed with ${v1.config}: no ping`,
    });
  });

  test('that was given up leaves no endpoint behind', () => {
    const givenUp = { seen: 1, refused: 'it answered wrongly' };
    expect(decided(givenUp, at('InService', v1))).toBe('delete endpoint');
    expect(decided(givenUp, at('Deleting', v1))).toBe('wait');
    expect(decided(givenUp, nothing)).toBe('finish');
  });
});

describe('a later release', () => {
  const record: ReleaseRecord = { seen: 2, desired: v2, current: v1 };

  test.each<[string, Observed, Action['do']]>([
    ['creates the model', { ...at('InService', v1), ...nothing }, 'create model'],
    ['then the config', { ...at('InService', v1), config: false }, 'create config'],
    ['then updates the endpoint', at('InService', v1), 'update endpoint'],
    ['asks the new model', at('InService', v2), 'smoke'],
  ])('%s', (_, observed, action) => {
    expect(decided(record, observed)).toBe(action);
  });

  test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'])(
    'waits while the endpoint is %s, whatever it is changed to',
    (status) => {
      expect(decided(record, at(status, v1))).toBe('wait');
      expect(decided(record, at(status, v2))).toBe('wait');
    },
  );

  test('that AWS silently took back is tried once more', () => {
    expect(decided({ ...record, attempts: 1 }, at('InService', v1))).toBe('update endpoint');
  });

  test('that AWS silently took back twice is given up, although the endpoint is InService', () => {
    const action = next({ ...record, attempts: MAX_ATTEMPTS }, at('InService', v1), wishes);
    expect(action).toMatchObject({ do: 'give up', why: expect.stringContaining('by itself, 2 times') });
  });

  test('is not fooled by a rollback that failed and left a mix of both fleets', () => {
    expect(decided({ ...record, attempts: 1 }, at('UpdateRollbackFailed', v2))).toBe('update endpoint');
  });

  test('whose endpoint disappeared creates it, and gives up when that happens again', () => {
    expect(decided({ ...record, attempts: 1 }, made)).toBe('create endpoint');
    expect(decided({ ...record, attempts: MAX_ATTEMPTS }, made)).toBe('give up');
  });
});

describe('a canary', () => {
  const careful = (record: ReleaseRecord, at1 = at('InService', v1)) => {
    const action = next(record, at1, wishes);
    return action.do === 'update endpoint' ? action.careful : action.do;
  };

  test('is for what callers meet for the first time: a new version, and new settings', () => {
    expect(careful({ seen: 2, desired: v2, current: v1 })).toBe(true);
    const settings = { ...v1, config: 'mail-dev-v1-eeeeeeee' };
    expect(careful({ seen: 1, desired: settings, current: v1 })).toBe(true);
  });

  test.each<[string, ReleaseRecord]>([
    ['a rollback', { seen: 2, desired: v1, current: v2 }],
    ['the way back after a refusal', { seen: 2, desired: v1, current: v1, refused: 'it answered wrongly' }],
    ['the repair of an endpoint that somebody changed', { seen: 2, desired: v1, current: v1 }],
  ])('is not for %s, which stops harm', (_, record) => {
    expect(careful(record, at('InService', v2))).toBe(false);
  });

  test('that an alarm took back is given up at once and names the alarm, which may ring no more', () => {
    const record = { seen: 2, desired: v2, current: v1, attempts: 1, rang: ['mail-dev-endpoint-errors'] };
    expect(next(record, at('InService', v1), wishes)).toEqual({
      do: 'give up',
      why: `AWS took the endpoint back from ${v2.config} to ${v1.config} (InService), since the alarm mail-dev-endpoint-errors rang while callers were asked to try it`,
    });
  });

  test('that came through although an alarm rang is asked like any other', () => {
    const record = { seen: 2, desired: v2, current: v1, attempts: 1, rang: ['mail-dev-endpoint-errors'] };
    expect(decided(record, at('InService', v2))).toBe('smoke');
  });
});

describe('scaling', () => {
  const scaling = { min: 2, max: 6, perInstance: 100 };
  const scaled: Wishes = { ...wishes, scaling };
  const record: ReleaseRecord = { seen: 1, desired: v1, current: v1 };

  test('begins when the endpoint is in service, before the model is asked', () => {
    const first = { seen: 1, desired: v1, attempts: 1 };
    expect(next(first, at('InService', v1), scaled)).toEqual({ do: 'scale', to: scaling });
    expect(next(first, { ...at('InService', v1), scaling }, scaled).do).toBe('smoke');
  });

  test.each([
    ['least', { min: 1 }],
    ['most', { max: 4 }],
    ['load', { perInstance: 50 }],
  ])('with another %s is set anew, without a new fleet', (_, change) => {
    const observed = { ...at('InService', v1), scaling: { ...scaling, ...change } };
    expect(next(record, observed, scaled)).toEqual({ do: 'scale', to: scaling });
  });

  test('ends where the number of instances is fixed by now', () => {
    const observed = { ...at('InService', v1), scaling };
    expect(next(record, observed, wishes)).toEqual({ do: 'scale', to: undefined });
  });

  test('ends before an update and not while one is under way', () => {
    const later = { seen: 2, desired: v2, current: v1 };
    expect(next(later, { ...at('InService', v1), scaling }, scaled)).toEqual({ do: 'scale', to: undefined });
    expect(next(later, at('InService', v1), scaled).do).toBe('update endpoint');
    expect(next(later, { ...at('Updating', v1), scaling }, scaled).do).toBe('wait');
  });
});

describe('the nine rules', () => {
  test('1 an older approval is above nothing: what is seen has no say in what is done', () => {
    const rolledBack = { seen: 2, desired: v1, current: v2 };
    expect(next(rolledBack, at('InService', v2), wishes)).toMatchObject({
      do: 'update endpoint',
      desired: v1,
    });
  });

  test('3 the endpoint counts, not the record: a bad config that is live is replaced', () => {
    const wanted = { seen: 2, desired: v1, current: v1 };
    expect(next(wanted, at('InService', v2), wishes)).toMatchObject({ do: 'update endpoint', desired: v1 });
  });

  test('5 who takes over after an update was sent asks the model before it calls it current', () => {
    expect(decided({ desired: v2, current: v1, attempts: 1 }, at('InService', v2))).toBe('smoke');
    expect(decided({ desired: v2, current: v1, attempts: 0 }, at('InService', v2))).toBe('smoke');
  });

  test('6 failures are counted in the record, so a new holder does not begin at nought', () => {
    expect(decided({ desired: v2, current: v1, attempts: MAX_ATTEMPTS }, at('InService', v1))).toBe(
      'give up',
    );
  });

  test('8 other settings are another config, and reach the live endpoint', () => {
    const renamed = { ...v1, config: 'mail-dev-v1-eeeeeeee' };
    const record = { seen: 1, desired: renamed, current: v1 };
    expect(next(record, at('InService', v1), named(renamed.config))).toMatchObject({
      do: 'update endpoint',
      desired: renamed,
    });
  });

  test('8 a config that was never made is named by the settings there are now', () => {
    const record = { seen: 1, desired: v1 };
    expect(next(record, nothing, named('mail-dev-v1-eeeeeeee'))).toEqual({
      do: 'rename',
      desired: v1,
      config: 'mail-dev-v1-eeeeeeee',
    });
  });

  test('8 a config that exists is used as it is: the way back keeps the settings it had', () => {
    expect(
      next({ desired: v1, current: v1 }, at('InService', v2), named('mail-dev-v1-eeeeeeee')),
    ).toMatchObject({
      do: 'update endpoint',
      desired: v1,
    });
  });

  test('9 version 1 is not taken for version 10', () => {
    expect(decided({ desired: v1, current: target(10) }, at('InService', target(10)))).toBe(
      'update endpoint',
    );
  });
});

test('a repeated event, when all is as wanted, finishes without asking the model', () => {
  expect(decided({ seen: 1, desired: v1, current: v1 }, at('InService', v1))).toBe('finish');
});

test('nothing wanted and nothing there is nothing to do', () => {
  expect(decided({}, nothing)).toBe('finish');
});

test('an endpoint of unknown origin is left alone when nothing is wanted', () => {
  expect(decided({}, at('InService', v1))).toBe('finish');
});

describe('whatever the record and the endpoint', () => {
  const cases = everyCase();

  test('a release ends only with the wanted config in service, or with nothing wanted', () => {
    for (const { record, observed } of cases) {
      if (decided(record, observed) !== 'finish' || !record.desired) continue;
      expect(observed.endpoint).toMatchObject({ status: 'InService', config: record.desired.config });
    }
  });

  test('an endpoint that serves is deleted only when no model ever passed', () => {
    for (const { record, observed } of cases) {
      if (decided(record, observed) !== 'delete endpoint' || observed.endpoint?.status === 'Failed') continue;
      expect(record.current ?? record.desired).toBeUndefined();
    }
  });

  test('no change is sent while another is under way', () => {
    const busy = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];
    for (const { record, observed } of cases) {
      if (!busy.includes(observed.endpoint?.status ?? '')) continue;
      expect(decided(record, observed)).toBe('wait');
    }
  });

  test('the endpoint is sent only to a config that exists, at most as often as allowed', () => {
    for (const { record, observed } of cases) {
      if (!['create endpoint', 'update endpoint'].includes(decided(record, observed))) continue;
      expect(observed).toMatchObject({ model: true, config: true });
      expect(record.attempts ?? 0).toBeLessThan(MAX_ATTEMPTS);
    }
  });
});

function decided(record: ReleaseRecord, observed: Observed): Action['do'] {
  return next(record, observed, wishes).do;
}

function named(config: string): Wishes {
  return { nameOf: () => config, scaling: undefined };
}

function target(version: number): Target {
  return { version, packageArn: `arn:package/${version}`, config: name(version) };
}

function name(version: number): string {
  return `mail-dev-v${version}-aaaaaaaa`;
}

function at(status: string, { config }: Target): Observed {
  return { ...made, endpoint: { status, config } };
}

function everyCase() {
  const statuses = [
    'OutOfService',
    'Creating',
    'Updating',
    'SystemUpdating',
    'RollingBack',
    'InService',
    'Deleting',
    'Failed',
    'UpdateRollbackFailed',
  ];
  const endpoints = [
    undefined,
    ...statuses.flatMap((status) => [v1, v2].map(({ config }) => ({ status, config }))),
  ];
  const flags = [true, false];
  return [undefined, v1, v2].flatMap((desired) =>
    [undefined, v1].flatMap((current) =>
      [0, 1, MAX_ATTEMPTS].flatMap((attempts) =>
        [undefined, 'refused before'].flatMap((refused) =>
          endpoints.flatMap((endpoint) =>
            flags.flatMap((model) =>
              flags.map((config) => ({
                record: { desired, current, attempts, refused } as ReleaseRecord,
                observed: { model, config, ...(endpoint && { endpoint }) },
              })),
            ),
          ),
        ),
      ),
    ),
  );
}
