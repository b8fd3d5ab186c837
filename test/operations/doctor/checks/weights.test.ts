import { weights } from '../../../../operations/doctor/checks/weights';
import { type Answer, refused } from '../../../fixtures/answers/recorded';
import { configWith, recordedSubject } from '../subject';

const config = configWith({ dev: { learner: 'embedding' } });
const [model] = Object.values(config.projects[0]?.baseModels ?? {});
const prefix = `weights/${model?.hash}/`;
const all = Object.keys(model?.files ?? {}).map((file) => ({ Key: `${prefix}${file}` }));

const look = (answer: Answer, of = config) =>
  weights.look(recordedSubject({ ListObjectsV2: answer }, { config: of }));

test('weights that are all there are as they should be', async () => {
  expect(await look({ Contents: all })).toMatchObject([
    { level: 'ok', what: `weights of ${model?.name}, which mail starts from, are staged` },
  ]);
});

test('weights of which a file is missing are an error, with the command that stages them', async () => {
  expect(await look({ Contents: all.slice(1) })).toMatchObject([
    {
      level: 'error',
      what: expect.stringContaining(
        `${all[0]?.Key.slice(prefix.length)} is not in s3://mail-dev-artifacts-111122223333-eu-west-1/${prefix}`,
      ),
      fix: 'npm run weights -- mail --environment dev',
    },
  ]);
});

test('before the first deployment there is no bucket to stage them in', async () => {
  expect(await look(refused('NoSuchBucket', 'The specified bucket does not exist', 404))).toMatchObject([
    { level: 'skipped', what: expect.stringContaining('when its stacks are deployed') },
  ]);
});

test('the learner of prod is tried out in dev, so its weights are looked for in dev, too', async () => {
  const next = configWith({ prod: { learner: 'embedding' } });

  expect(await look({ Contents: [] }, next)).toMatchObject([{ level: 'error' }]);
});

test('a learner that starts from none needs none', async () => {
  expect(await look({ Contents: [] }, configWith({}))).toEqual([]);
});
