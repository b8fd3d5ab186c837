import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { arn, Bench, IMAGE } from './support/bench';
import { processingJob, trainingJob } from './support/requests';

let bench: Bench;
/** Benches of single tests, closed also when their test fails. */
const others: Bench[] = [];
const own = (other: Bench): Bench => {
  others.push(other);
  return other;
};

beforeAll(async () => {
  bench = await Bench.open();
  await bench.store.put('artifacts', 'data/rows.csv', 'text,topic\nhello,billing\n');
});
afterAll(async () => {
  await Promise.all([bench, ...others].map((each) => each.close()));
});

test('a processing job reads its inputs, writes its outputs and leaves a message', async () => {
  const described = await process(
    'pass',
    `
import json, os, sys
import helper
base = os.environ["SAGEMAKER_BASE_DIR"]
rows = open(base + "/processing/input/data/rows.csv").read()
seen = {"rows": rows, "argv": sys.argv[1:], "path0": sys.path[0] == os.path.dirname(sys.argv[0]), "main": __name__,
        "help": helper.VALUE, "env": sorted(os.environ), "name": os.environ["NAME"]}
json.dump(seen, open(base + "/processing/output/report/seen.json", "w"))
open(base + "/output/message", "w").write("all 1 row is fine")
print("to the log")
`,
    {
      AppSpecification: {
        ImageUri: IMAGE,
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/job.py'],
        ContainerArguments: ['--to', '/opt/ml/processing/output', '/opt/mlx'],
      },
      Environment: { NAME: 'x' },
    },
  );
  expect(described).toMatchObject({ ProcessingJobStatus: 'Completed', ExitMessage: 'all 1 row is fine' });
  expect(described.FailureReason).toBeUndefined();
  const seen = JSON.parse((await bench.store.get('artifacts', 'out/pass/seen.json')).toString());
  const base = path.join(bench.folder, 'sagemaker/jobs/pass');
  expect(seen).toEqual({
    rows: 'text,topic\nhello,billing\n',
    argv: ['--to', `${base}/processing/output`, '/opt/mlx'],
    path0: true,
    main: '__main__',
    help: 7,
    env: expect.arrayContaining(['HOME', 'LANG', 'NAME', 'PATH', 'SAGEMAKER_BASE_DIR']),
    name: 'x',
  });
  expect(seen.env).toHaveLength(5 + (seen.env.includes('LC_CTYPE') ? 1 : 0));
  expect(readFileSync(path.join(bench.folder, 'sagemaker/logs/pass.log'), 'utf8')).toBe('to the log\n');
  expect(
    bench.events
      .filter(({ resources }) => resources[0] === arn('processing-job', 'pass'))
      .map(({ detail }) => detail.ProcessingJobStatus),
  ).toEqual(['InProgress', 'Completed']);
});

test('a script that raises fails its job with its message, and its log ends like that of python3', async () => {
  const described = await process(
    'raise',
    `import os\nopen(os.environ["SAGEMAKER_BASE_DIR"] + "/output/message", "w").write("column topic is missing")\ndef check():\n    raise ValueError("no topic")\ncheck()\n`,
  );
  expect(described).toMatchObject({
    ProcessingJobStatus: 'Failed',
    ExitMessage: 'column topic is missing',
    FailureReason: 'AlgorithmError: column topic is missing, exit code: 1',
  });
  const script = path.join(bench.folder, 'sagemaker/jobs/raise/processing/input/code/job.py');
  expect(readFileSync(path.join(bench.folder, 'sagemaker/logs/raise.log'), 'utf8').split('\n')).toEqual([
    'Traceback (most recent call last):',
    `  File "${script}", line 5, in <module>`,
    '    check()',
    `  File "${script}", line 4, in check`,
    '    raise ValueError("no topic")',
    'ValueError: no topic',
    '',
  ]);
  expect(bench.lines.join('\n')).toContain('ValueError: no topic');
});

test.each([
  ['exit-3', 'import sys\nsys.exit(3)', 'exit code: 3'],
  ['exit-text', 'raise SystemExit("no more")', 'exit code: 1'],
  ['killed', 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)', 'exit code: 137'],
  ['syntax', 'def (', 'exit code: 1'],
])('job %s fails with its exit code', async (name, script, said) => {
  expect(await process(name, script)).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: expect.stringContaining(said),
  });
});

test('a job that runs too long is stopped, and so are its own children', async () => {
  const described = await process(
    'late',
    'import subprocess, sys, time\nsubprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])\ntime.sleep(60)',
    { StoppingCondition: { MaxRuntimeInSeconds: 1 } },
  );
  expect(described).toMatchObject({
    ProcessingJobStatus: 'Stopped',
    FailureReason: expect.stringContaining('MaxRuntimeInSeconds (1)'),
  });
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(
    'import time; time.sleep(60)',
  );
});

test('a running job can be stopped, a finished one cannot', async () => {
  await script('stopped', 'import time\ntime.sleep(60)');
  await bench.call('create_processing_job', processingJob('stopped'));
  await bench.call('stop_processing_job', { ProcessingJobName: 'stopped' });
  expect(await ended('stopped')).toMatchObject({ ProcessingJobStatus: 'Stopped' });
  expect(await bench.refused('stop_processing_job', { ProcessingJobName: 'stopped' })).toMatchObject({
    code: 'ValidationException',
  });
});

test('an input without objects fails the job before any code runs', async () => {
  await script('missing', 'raise RuntimeError("ran")');
  await bench.call(
    'create_processing_job',
    processingJob('missing', {
      ProcessingInputs: [
        ...processingJob('missing').ProcessingInputs,
        {
          InputName: 'none',
          S3Input: {
            S3Uri: 's3://artifacts/none/',
            LocalPath: '/opt/ml/processing/input/none',
            S3DataType: 'S3Prefix',
          },
        },
      ],
    }),
  );
  expect(await ended('missing')).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: expect.stringMatching(
      /^ClientError: No S3 objects found under S3 URL "s3:\/\/artifacts\/none\/"/,
    ),
  });
  expect(() => readFileSync(path.join(bench.folder, 'sagemaker/logs/missing.log'))).toThrow('ENOENT');
});

test('a manifest brings the objects it names and no others', async () => {
  await bench.store.put(
    'artifacts',
    'manifests/one.json',
    JSON.stringify([{ prefix: 's3://artifacts/data/' }, 'rows.csv', 'deep/more.csv']),
  );
  await bench.store.put(
    'artifacts',
    'manifests/wrong.json',
    JSON.stringify([{ prefix: 's3://artifacts/data/' }, 'gone.csv']),
  );
  await bench.store.put('artifacts', 'data/deep/more.csv', 'x');
  await bench.store.put('artifacts', 'data/other.csv', 'x');
  const list =
    'import os\nfor root, _, files in sorted(os.walk("processing/input/data")):\n    for name in sorted(files):\n        print(os.path.join(root, name))';
  const [code, data] = processingJob('manifest').ProcessingInputs;
  const from = (uri: string) => ({
    ProcessingInputs: [
      code,
      { ...data, S3Input: { ...data?.S3Input, S3Uri: uri, S3DataType: 'ManifestFile' } },
    ],
  });
  expect(await process('manifest', list, from('s3://artifacts/manifests/one.json'))).toMatchObject({
    ProcessingJobStatus: 'Completed',
  });
  expect(readFileSync(path.join(bench.folder, 'sagemaker/logs/manifest.log'), 'utf8')).toBe(
    'processing/input/data/rows.csv\nprocessing/input/data/deep/more.csv\n',
  );
  const [, elsewhere] = await Promise.all([
    script('manifest-2', 'pass'),
    from('s3://artifacts/manifests/wrong.json'),
  ]);
  await bench.call(
    'create_processing_job',
    processingJob('manifest-2', {
      ProcessingInputs: [processingJob('manifest-2').ProcessingInputs[0], elsewhere.ProcessingInputs[1]],
    }),
  );
  expect(await ended('manifest-2')).toMatchObject({
    FailureReason: expect.stringContaining('s3://artifacts/data/gone.csv'),
  });
});

test('network isolation refuses connections and look-ups, and lets a server listen', async () => {
  const said = `
import socket, urllib.request
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
for attempt in (lambda: socket.create_connection(("127.0.0.1", port)), lambda: urllib.request.urlopen("http://example.com"), lambda: socket.create_connection(("8.8.8.8", 53))):
    try:
        attempt()
        print("connected")
    except OSError as error:
        print(type(error).__name__, "isolation" in str(error))
`;
  await process('isolated', said);
  expect(readFileSync(path.join(bench.folder, 'sagemaker/logs/isolated.log'), 'utf8')).toBe(
    'OSError True\nURLError True\nOSError True\n',
  );
  await process('open', said.replace(/, lambda: urllib.*\):/, ',):'), {
    NetworkConfig: { EnableNetworkIsolation: false },
  });
  expect(readFileSync(path.join(bench.folder, 'sagemaker/logs/open.log'), 'utf8')).toBe('connected\n');
});

test.each([
  [
    'an unknown image',
    {
      AppSpecification: {
        ImageUri: 'elsewhere:1',
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/job.py'],
      },
    },
    `image elsewhere:1 has no Python environment on this machine, known images: ${IMAGE}`,
  ],
  ['an image that starts by itself', { AppSpecification: { ImageUri: IMAGE } }, 'cannot run on this machine'],
])('a job of %s fails and says so', async (_what, change, said) => {
  const name = `image-${said.length}`;
  await script(name, 'pass');
  await bench.call('create_processing_job', processingJob(name, change));
  expect(await ended(name)).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: expect.stringContaining(said),
  });
});

test('a job finds imported what its bundle imports, but none of the bundle itself', async () => {
  await process('warm', 'import sys\nprint("decimal" in sys.modules, "helper" in sys.modules)');
  expect(readFileSync(path.join(bench.folder, 'sagemaker/logs/warm.log'), 'utf8')).toBe('True False\n');
});

test('stopping ends what runs and leaves no process', async () => {
  const other = own(await Bench.open());
  await other.store.put('artifacts', 'data/rows.csv', 'x');
  await other.store.put(
    'artifacts',
    'code/left/job.py',
    'import os, time\nopen("pid", "w").write(str(os.getpid()))\ntime.sleep(60)',
  );
  await other.call('create_processing_job', processingJob('left'));
  const file = path.join(other.folder, 'sagemaker/jobs/left/pid');
  for (let turn = 0; turn < 300 && !(existsSync(file) && readFileSync(file, 'utf8')); turn++) {
    await new Promise((done) => setTimeout(done, 10));
  }
  const pid = Number(readFileSync(file, 'utf8'));
  await other.close();
  expect(() => globalThis.process.kill(pid, 0)).toThrow('ESRCH');
  expect(existsSync(other.folder)).toBe(false);
});

test('an interpreter that does not exist fails the job and names it', async () => {
  const other = own(await Bench.open({ images: new Map([[IMAGE, { python: '/nowhere/python' }]]) }));
  await other.store.put('artifacts', 'data/rows.csv', 'x');
  await other.store.put('artifacts', 'code/left/job.py', 'pass');
  await other.call('create_processing_job', processingJob('left'));
  const described = await other.until(
    'describe_processing_job',
    { ProcessingJobName: 'left' },
    'ProcessingJobStatus',
    ['InProgress'],
  );
  expect(described).toMatchObject({
    ProcessingJobStatus: 'Failed',
    FailureReason: expect.stringContaining('/nowhere/python'),
  });
  await other.close();
});

test('a name is used once', async () => {
  await process('twice', 'pass');
  expect(await bench.refused('create_processing_job', processingJob('twice'))).toMatchObject({
    code: 'ResourceInUse',
  });
  expect(await bench.refused('describe_processing_job', { ProcessingJobName: 'none' })).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('Could not find requested job with name'),
  });
  expect(await bench.refused('describe_training_job', { TrainingJobName: 'none' })).toMatchObject({
    code: 'ValidationException',
    message: 'Requested resource not found.',
  });
});

test('a training job finds the documented layout and leaves model.tar.gz', async () => {
  await bench.store.put(
    'artifacts',
    'code/fit/train.py',
    `
import argparse, json, os
parser = argparse.ArgumentParser()
parser.add_argument("--out")
out = parser.parse_args().out
config = os.environ["SAGEMAKER_BASE_DIR"] + "/input/config/"
seen = {name: json.load(open(config + name + ".json")) for name in ("hyperparameters", "inputdataconfig", "resourceconfig")}
os.makedirs(out + "/code")
json.dump(seen, open(out + "/code/seen.json", "w"))
open(out + "/weights.txt", "w").write(open("input/data/train/rows.csv").read())
`,
  );
  await bench.call('create_training_job', trainingJob('fit'));
  const described = await bench.until(
    'describe_training_job',
    { TrainingJobName: 'fit' },
    'TrainingJobStatus',
    ['InProgress'],
  );
  expect(described).toMatchObject({
    TrainingJobStatus: 'Completed',
    SecondaryStatus: 'Completed',
    ModelArtifacts: { S3ModelArtifacts: 's3://artifacts/models/fit/output/model.tar.gz' },
  });
  const archive = path.join(bench.folder, 's3/artifacts/models/fit/output/model.tar.gz');
  expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n').sort()).toEqual([
    '',
    'code/',
    'code/seen.json',
    'weights.txt',
  ]);
  expect(
    JSON.parse(execFileSync('tar', ['-xzOf', archive, 'code/seen.json'], { encoding: 'utf8' })),
  ).toMatchObject({
    hyperparameters: { depth: '3' },
    inputdataconfig: { code: { TrainingInputMode: 'File' }, train: { TrainingInputMode: 'File' } },
    resourceconfig: { current_host: 'algo-1', hosts: ['algo-1'] },
  });
  const { TrainingJobSummaries } = await bench.call('list_training_jobs', { StatusEquals: 'Completed' });
  expect(TrainingJobSummaries).toMatchObject([{ TrainingJobName: 'fit' }]);
  expect(bench.said('SageMaker Training Job State Change', 'SecondaryStatus')).toEqual([
    'Starting',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);
});

test('a training job that fails says what stands in its failure file', async () => {
  await bench.store.put(
    'artifacts',
    'code/unfit/train.py',
    'open("output/failure", "w").write("too few rows: 1")\nraise SystemExit(1)',
  );
  await bench.call('create_training_job', trainingJob('unfit'));
  const described = await bench.until(
    'describe_training_job',
    { TrainingJobName: 'unfit' },
    'TrainingJobStatus',
    ['InProgress'],
  );
  expect(described).toMatchObject({
    TrainingJobStatus: 'Failed',
    SecondaryStatus: 'Failed',
    FailureReason: 'AlgorithmError: too few rows: 1, exit code: 1',
  });
});

test('a training job that runs too long, or is stopped, is Stopped and says why in its secondary status', async () => {
  for (const name of ['slow', 'halted'])
    await bench.store.put('artifacts', `code/${name}/train.py`, 'import time\ntime.sleep(60)');
  await bench.call(
    'create_training_job',
    trainingJob('slow', { StoppingCondition: { MaxRuntimeInSeconds: 1 } }),
  );
  await bench.call('create_training_job', trainingJob('halted'));
  await bench.call('stop_training_job', { TrainingJobName: 'halted' });
  const end = (TrainingJobName: string) =>
    bench.until('describe_training_job', { TrainingJobName }, 'TrainingJobStatus', [
      'InProgress',
      'Stopping',
    ]);
  expect(await end('halted')).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' });
  expect(await end('slow')).toMatchObject({
    TrainingJobStatus: 'Stopped',
    SecondaryStatus: 'MaxRuntimeExceeded',
  });
});

/** Puts a script, and a module that it may import, where the job of that name finds them. */
async function script(name: string, text: string): Promise<void> {
  await bench.store.put('artifacts', `code/${name}/job.py`, text);
  await bench.store.put('artifacts', `code/${name}/helper.py`, 'import decimal\nVALUE = 7\n');
}

async function process(name: string, text: string, change: Record<string, unknown> = {}) {
  await script(name, text);
  await bench.call('create_processing_job', processingJob(name, change));
  return ended(name);
}

const ended = (ProcessingJobName: string) =>
  bench.until('describe_processing_job', { ProcessingJobName }, 'ProcessingJobStatus', [
    'InProgress',
    'Stopping',
  ]);
