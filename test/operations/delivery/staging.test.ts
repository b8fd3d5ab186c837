import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CopyObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { dataFilesOf } from '../../../operations/delivery/staging/data-files';
import { requireWeights } from '../../../operations/delivery/staging/require-weights';
import { stageCode } from '../../../operations/delivery/staging/stage-code';
import { stageFiles } from '../../../operations/delivery/staging/stage-files';
import { stageObjects } from '../../../operations/delivery/staging/stage-objects';
import { stageSample } from '../../../operations/delivery/staging/stage-sample';
import { areWeightsStaged, stageWeights } from '../../../operations/delivery/staging/stage-weights';
import { Refusal } from '../../../operations/terminal/refusal';
import { weightsHash } from '../../../pipelines/base-models';
import { fakeBuckets } from '../../lambda/start-training/fake-buckets';
import { templateConfig } from '../doctor/subject';

const client = new S3Client({ region: 'eu-west-1' });
const folder = mkdtempSync(join(tmpdir(), 'mlops-staging-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { s3, objects } = fakeBuckets();
const say = () => undefined;
beforeEach(() => {
  objects.clear();
  s3.resetHistory();
  s3.on(ListObjectsV2Command).callsFake(({ Bucket, Prefix }) => ({
    Contents: [...objects]
      .filter(([path]) => path.startsWith(`${Bucket}/${Prefix}`))
      .map(([path, text]) => ({
        Key: path.slice(Bucket.length + 1),
        Size: text.length,
        ETag: createHash('md5').update(text).digest('hex'),
      })),
  }));
});

describe('files of this machine', () => {
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test('equal data have an equal prefix, and changed data another', async () => {
    const path = write('rows.csv', 'a\n1\n');
    const first = await stageFiles(client, 'artifacts', [{ name: '2026/10/rows.csv', path }]);
    const again = await stageFiles(client, 'artifacts', [{ name: '2026/10/rows.csv', path }]);
    write('rows.csv', 'a\n2\n');
    const changed = await stageFiles(client, 'artifacts', [{ name: '2026/10/rows.csv', path }]);

    expect(first).toMatch(/^data\/base\/[0-9a-f]{64}\/$/);
    expect(again).toBe(first);
    expect(changed).not.toBe(first);
    expect(objects.has(`artifacts/${first}2026/10/rows.csv`)).toBe(true);
  });

  test('CSV and JSON Lines files below a folder are data, in order, named with the folders that say their month', () => {
    const data = join(folder, 'data');
    mkdirSync(join(data, '2026', '10'), { recursive: true });
    for (const name of ['b.csv', 'a.jsonl', 'README.md', '2026/10/rows.csv'])
      writeFileSync(join(data, name), '');

    expect(dataFilesOf(data)).toEqual(
      ['2026/10/rows.csv', 'a.jsonl', 'b.csv'].map((name) => ({ name, path: join(data, name) })),
    );
  });

  test.each([
    ['no-such', /there is no such file or folder/],
    ['', /holds no \.csv or \.jsonl file/],
  ])('a folder %p without data is refused', (name, message) => {
    const empty = join(folder, 'empty');
    mkdirSync(empty, { recursive: true });

    expect(() => dataFilesOf(name ? join(folder, name) : empty)).toThrow(message);
  });
});

describe('objects of another bucket', () => {
  const source = 's3://exports/emails/';

  test('are copied within S3, below a prefix that names their content', async () => {
    objects.set('exports/emails/2026/a.csv', 'a\n1\n');
    objects.set('exports/emails/b c.csv', 'a\n2\n');
    objects.set('exports/other/x.csv', 'a\n3\n');

    const prefix = await stageObjects(client, 'artifacts', source, say);

    expect([...objects.keys()].filter((key) => key.startsWith('artifacts/')).sort()).toEqual([
      `artifacts/${prefix}2026/a.csv`,
      `artifacts/${prefix}b c.csv`,
    ]);
    expect(prefix).toMatch(/^data\/base\/[0-9a-f]{64}\/$/);
  });

  test('that are there already are not copied again; a half-finished copy goes on', async () => {
    objects.set('exports/emails/a.csv', 'a\n1\n');
    objects.set('exports/emails/b.csv', 'a\n2\n');
    const prefix = await stageObjects(client, 'artifacts', source, say);
    objects.delete(`artifacts/${prefix}b.csv`);
    s3.resetHistory();

    await stageObjects(client, 'artifacts', source, say);

    expect(s3.commandCalls(CopyObjectCommand).map(({ args }) => args[0].input.Key)).toEqual([
      `${prefix}b.csv`,
    ]);
  });

  test('with another content have another prefix, also when their sizes are equal', async () => {
    objects.set('exports/emails/a.csv', 'a\n1\n');
    const before = await stageObjects(client, 'artifacts', source, say);
    objects.set('exports/emails/a.csv', 'a\n2\n');

    expect(await stageObjects(client, 'artifacts', source, say)).not.toBe(before);
  });

  test('an empty place is refused', async () => {
    await expect(stageObjects(client, 'artifacts', source, say)).rejects.toThrow(
      's3://exports/emails/ holds no data',
    );
  });

  test('an object that S3 cannot copy at once is refused by its name', async () => {
    s3.on(ListObjectsV2Command).resolves({
      Contents: [{ Key: 'emails/large.csv', Size: 6 * 1024 ** 3, ETag: 'x' }],
    });

    await expect(stageObjects(client, 'artifacts', source, say)).rejects.toThrow(
      /^s3:\/\/exports\/emails\/large\.csv has 6442450944 bytes/,
    );
  });

  test('a bucket that does not let us in is refused with what its owner has to do', async () => {
    s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));

    const refused = stageObjects(client, 'artifacts', source, say);

    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(/the owner of the bucket must let .* npm run doctor/);
  });
});

test('beside a bundle lies its commit, and in the second line its author', async () => {
  const bundle = { hash: 'abc', files: new Map([['train.py', Buffer.from('print()')]]) };

  await stageCode(client, 'artifacts', bundle, { commit: '0123', author: 'jane@example.com' });

  expect(String(objects.get('artifacts/code/abc/train.py'))).toBe('print()');
  expect(objects.get('artifacts/code/abc.commit')).toBe('0123\njane@example.com');
});

test('a sample takes rows from everywhere, so that rows sorted by class show all of them', async () => {
  const rows = Array.from({ length: 1_000 }, (_, index) =>
    JSON.stringify({ topic: index < 900 ? 'a' : 'b' }),
  );
  objects.set('artifacts/runs/x/train/rows.jsonl', `${rows.join('\n')}\n`);

  const prefix = await stageSample(client, 'artifacts', 'runs/x/train/', 100);

  const sample = String(objects.get(`artifacts/${prefix}rows.jsonl`))
    .trim()
    .split('\n');
  expect(sample).toHaveLength(100);
  expect(new Set(sample)).toEqual(new Set(['{"topic":"a"}', '{"topic":"b"}']));
});

test('rows of CSV are not sampled: a line need not be a row', async () => {
  objects.set('artifacts/runs/x/train/rows.csv', 'text,topic\n"two\nlines",a\n');

  await expect(stageSample(client, 'artifacts', 'runs/x/train/', 2)).rejects.toThrow('allowed: .jsonl files');
});

describe('weights', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const files = { 'config.json': { sha256: sha256('{}') }, 'model.onnx': { sha256: sha256('weights') } };
  const model = { hash: weightsHash(files), files };
  const prefix = `artifacts/weights/${model.hash}/`;
  const home = join(folder, 'weights');
  const fill = (config = '{}') => {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'config.json'), config);
    writeFileSync(join(home, 'model.onnx'), 'weights');
  };
  // A body that nobody reads would be opened after the folder is gone.
  beforeEach(() =>
    s3.on(PutObjectCommand).callsFake(async ({ Bucket, Key, Body }) => {
      objects.set(`${Bucket}/${Key}`, await text(Body));
    }),
  );

  test('are staged by their hash, once, and S3 is told what it must get', async () => {
    fill();
    expect(await areWeightsStaged(client, 'artifacts', model)).toBe(false);

    expect(await stageWeights(client, 'artifacts', model, home)).toEqual(['config.json', 'model.onnx']);

    expect(objects.get(`${prefix}model.onnx`)).toBe('weights');
    expect(s3.commandCalls(PutObjectCommand).at(-1)?.args[0].input).toMatchObject({
      ContentLength: 7,
      ChecksumSHA256: createHash('sha256').update('weights').digest('base64'),
    });
    expect(await areWeightsStaged(client, 'artifacts', model)).toBe(true);
    expect(await stageWeights(client, 'artifacts', model, home)).toEqual([]);
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(2);
  });

  test('that were half staged are completed', async () => {
    fill();
    objects.set(`${prefix}config.json`, '{}');

    expect(await stageWeights(client, 'artifacts', model, home)).toEqual(['model.onnx']);
  });

  test('that are others than their list says are not staged, not even those that are right', async () => {
    fill('{ "evil": true }');

    await expect(stageWeights(client, 'artifacts', model, home)).rejects.toThrow(
      /config\.json has sha256 [0-9a-f]{64} · allowed: [0-9a-f]{64}, which base_models\.yaml names/,
    );
    expect(objects.size).toBe(0);
  });

  test('that are missing on this machine are named', async () => {
    fill();
    rmSync(join(home, 'model.onnx'));

    await expect(stageWeights(client, 'artifacts', model, home)).rejects.toThrow(
      /model\.onnx: the file is missing/,
    );
  });

  test('which a learner starts from are required before it trains; a learner without any requires none', async () => {
    const { platform, projects } = templateConfig();
    const [project] = projects;
    const dev = project?.environments.dev;
    if (!project || !dev) throw new Error(`no project in ${Object.keys(platform.environments)}`);
    const where = { environment: 'dev', bucket: 'artifacts' };

    expect(await requireWeights(client, project, dev, where)).toBeUndefined();
    await expect(requireWeights(client, project, { ...dev, learner: 'embedding' }, where)).rejects.toThrow(
      'stage them once, then try the stage again: npm run weights -- mail --environment dev',
    );
  });
});
