import { Bench } from './support/bench';
import { trainingJob } from './support/requests';

// Training on spare capacity: how long it may wait, and the checkpoints it finds when it goes on.
const CHECKPOINTS = { S3Uri: 's3://artifacts/checkpoints/run-1/', LocalPath: '/opt/ml/checkpoints' };
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open();
  await bench.store.put('artifacts', 'data/rows.csv', 'text,topic\nhello,billing\n');
});
afterAll(() => bench.close());

test('a job goes on from the checkpoints that one before it left', async () => {
  const train = `
import os
base = os.environ["SAGEMAKER_BASE_DIR"]
file = base + "/checkpoints/epochs/last"
before = int(open(file).read()) if os.path.exists(file) else 0
os.makedirs(os.path.dirname(file), exist_ok=True)
open(file, "w").write(str(before + 1))
open(base + "/model/weights", "w").write(str(before + 1))
`;
  for (const name of ['spot-1', 'spot-2']) {
    await bench.store.put('artifacts', `code/${name}/train.py`, train);
    await bench.call('create_training_job', spot(name));
    expect(await ended(name)).toMatchObject({
      TrainingJobStatus: 'Completed',
      CheckpointConfig: CHECKPOINTS,
    });
  }
  expect(String(await bench.store.get('artifacts', 'checkpoints/run-1/epochs/last'))).toBe('2');
});

test.each<[string, object]>([
  [
    'waits less than it may run',
    { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 59 } },
  ],
  ['says nothing of waiting', { StoppingCondition: { MaxRuntimeInSeconds: 60 } }],
  ['waits and is not on spare capacity', { EnableManagedSpotTraining: false }],
])('a job that %s is refused', async (_, change) => {
  expect(await bench.refused('create_training_job', { ...spot('strict'), ...change })).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('Invalid MaxWaitTimeInSeconds'),
  });
});

const spot = (name: string) =>
  trainingJob(name, {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
    CheckpointConfig: CHECKPOINTS,
  });

const ended = (TrainingJobName: string) =>
  bench.until('describe_training_job', { TrainingJobName }, 'TrainingJobStatus', ['InProgress', 'Stopping']);
