import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { monitorMarks } from '../../../lambda/record-metrics/monitor-marks';
import { type EmulatedTable, emulatedTable } from '../emulated-table';

// Against real conditional writes: deliveries that come twice, at once, or after a holder died.
let emulated: EmulatedTable;
let clock = new Date('2026-11-21T11:05:00Z');

beforeAll(async () => {
  emulated = await emulatedTable();
}, 20_000);
afterAll(() => emulated?.stop());

test('of two deliveries at once one claims the job, the other fails to come again', async () => {
  const claims = await Promise.allSettled([marks().claim('at-once'), marks().claim('at-once')]);

  expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a job that is given back can be claimed at once', async () => {
  await marks().claim('given-back');
  await marks().release('given-back');

  expect(await marks().claim('given-back')).toBeDefined();
});

test('the claim of a dead holder runs out within the minute after which Lambda delivers again', async () => {
  await marks().claim('dead');
  clock = new Date(clock.getTime() + 60_000);

  expect(await marks().claim('dead')).toBeDefined();
});

test('a finished job is never claimed again', async () => {
  await marks().claim('done');
  await marks().finish('done');
  clock = new Date(clock.getTime() + 3_600_000);

  expect(await marks().claim('done')).toBeUndefined();
});

test('a mark goes forward, stays when it is the same, and never goes back', async () => {
  await marks().advance('feedbackThrough', '2026-11-21T10:00:00Z', { feedbackRecent: ['a'] });
  await marks().advance('feedbackThrough', '2026-11-21T09:00:00Z', { feedbackRecent: ['late'] });
  await marks().advance('feedbackThrough', '2026-11-21T10:00:00Z', { feedbackRecent: ['a', 'b'] });
  await marks().advance('captureThrough', 'capture/x');

  expect(await item('monitor')).toEqual({
    pk: 'monitor',
    feedbackThrough: '2026-11-21T10:00:00Z',
    feedbackRecent: ['a', 'b'],
    captureThrough: 'capture/x',
  });
});

function marks() {
  return monitorMarks(emulated.dynamo, emulated.table, () => clock);
}

async function item(pk: string): Promise<unknown> {
  const { Item } = await emulated.dynamo.send(
    new GetCommand({ TableName: emulated.table, Key: { pk }, ConsistentRead: true }),
  );
  return Item;
}
