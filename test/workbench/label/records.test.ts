import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { lastDays, readRecords } from '../../../workbench/label/records';
import { COLUMNS, capturedLine, truthLine } from './rows';

const s3 = mockClient(S3Client);
const PLACE = { bucket: 'mail-dev-records', endpoint: 'mail-dev' };
const NOW = new Date('2026-11-21T10:30:00Z');

const line = (id: string, value = 'billing') =>
  capturedLine(
    id,
    { rows: [{ subject: 's', body: 'b' }] },
    {
      modelVersion: 3,
      predictions: [{ topic: { value, confidence: 0.4 }, mood: { value: 'good', confidence: 0.9 } }],
    },
  );

/** What the bucket holds, by key. */
function holds(objects: Readonly<Record<string, string>>): void {
  s3.reset();
  s3.on(ListObjectsV2Command).callsFake(({ Prefix }: { Prefix: string }) => ({
    Contents: Object.keys(objects)
      .filter((Key) => Key.startsWith(Prefix))
      .map((Key) => ({ Key })),
  }));
  for (const [Key, text] of Object.entries(objects)) {
    const Body = { transformToString: async () => text } as unknown as GetObjectCommandOutput['Body'];
    s3.on(GetObjectCommand, { Bucket: PLACE.bucket, Key }).resolves({ Body });
  }
}

const read = (days: number, most?: number) =>
  readRecords(new S3Client({ region: 'eu-west-1' }), PLACE, COLUMNS, {
    days,
    now: NOW,
    ...(most && { most }),
  });

test('the last days are those that the hours touch, newest first', () => {
  expect(lastDays(new Date('2026-12-01T00:10:00Z'), 2)).toEqual(['2026/12/01', '2026/11/30', '2026/11/29']);
});

test('answers of the last days are read, newest first, and no older ones', async () => {
  holds({
    'capture/mail-dev/AllTraffic/2026/11/21/09/1.jsonl': `${line('b')}\n${line('c')}\n`,
    'capture/mail-dev/AllTraffic/2026/11/20/23/1.jsonl': `${line('a')}\n`,
    'capture/mail-dev/AllTraffic/2026/11/10/23/1.jsonl': `${line('old')}\n`,
    'capture/other-dev/AllTraffic/2026/11/21/09/1.jsonl': `${line('other')}\n`,
  });
  const { answers, unreadable, cut } = await read(1);
  expect(answers.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect({ unreadable, cut }).toEqual({ unreadable: 0, cut: false });
});

test('a line that is none of ours is counted', async () => {
  holds({ 'capture/mail-dev/AllTraffic/2026/11/21/09/1.jsonl': `{"no": "capture"}\n\n${line('a')}\n` });
  expect(await read(1)).toMatchObject({ unreadable: 1, answers: [{ id: 'a' }] });
});

test('every value that an answer was corrected to is known, the last one last', async () => {
  holds({
    'feedback/2026/11/20/08/a_2026112007.jsonl': truthLine('a', { topic: 'returns' }),
    'feedback/2026/11/21/08/a_2026112007.jsonl': truthLine('a', { topic: 'delivery', mood: 'bad' }),
    'feedback/2026/11/21/09/a_2026112007.jsonl': truthLine('a', { topic: 'returns', mood: 'bad' }),
  });
  const { corrections } = await read(2);
  expect(corrections.get('a')).toEqual({ topic: ['delivery', 'returns'], mood: ['bad'] });
});

test('of very many answers the newest are read, and it is said that older ones were left', async () => {
  holds(
    Object.fromEntries(
      Array.from({ length: 40 }, (_, number) => [
        `capture/mail-dev/AllTraffic/2026/11/21/09/${String(number).padStart(2, '0')}.jsonl`,
        line(`a${number}`),
      ]),
    ),
  );
  const { answers, cut } = await read(1, 10);
  expect(cut).toBe(true);
  expect(answers[0]?.id).toBe('a39');
  expect(answers.length).toBeLessThan(40);
});
