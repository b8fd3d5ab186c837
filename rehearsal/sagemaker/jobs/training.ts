import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type {
  CreateTrainingJobRequest,
  DescribeTrainingJobRequest,
  ListTrainingJobsRequest,
  StopTrainingJobRequest,
} from '@aws-sdk/client-sagemaker';
import { inUse, invalid, notRehearsed } from '../errors';
import type { ObjectStore } from '../options';
import { page } from '../paging';
import type { Fields } from '../service-model';
import { born, type Handlers, seconds, type Valid, type World } from '../world';
import { failureReason, JobFailure } from './failure';
import { download } from './inputs';
import { pack, upload } from './outputs';
import { jobDetail } from './processing';
import { baseOf, interpreterOf, leftText, localPath, logOf, logTail, runContainer } from './run';
import { parseS3Uri, under } from './s3-uri';

type Request = Valid<CreateTrainingJobRequest>;

interface Job {
  readonly request: Request;
  readonly record: Fields;
  readonly stop: AbortController;
}

const DAY = 24 * 3600;

/** Training jobs: a script over channels that leaves a model. */
export function trainingJobs(world: World): Handlers {
  const jobs = new Map<string, Job>();
  const job = (name: string): Job => {
    const found = jobs.get(name);
    if (!found) throw invalid('Requested resource not found.');
    return found;
  };
  return {
    CreateTrainingJob: ({ Tags, ...request }: Request) => {
      const name = request.TrainingJobName;
      const TrainingJobArn = world.arn('training-job', name);
      if (jobs.has(name))
        throw inUse(`Training job names must be unique within an AWS account and region: ${TrainingJobArn}`);
      assertRehearsed(request);
      const record: Fields = {
        ...request,
        StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: DAY },
        TrainingJobArn,
        TrainingJobStatus: 'InProgress',
        SecondaryStatus: 'Starting',
        SecondaryStatusTransitions: [{ Status: 'Starting', StartTime: seconds() }],
        ModelArtifacts: { S3ModelArtifacts: artefactUri(request) },
        CreationTime: seconds(),
        LastModifiedTime: seconds(),
      };
      const created = { request, record, stop: new AbortController() };
      jobs.set(name, created);
      born(world, TrainingJobArn, Tags);
      announce(world, record);
      world.background(TrainingJobArn, () => play(world, created));
      return { TrainingJobArn };
    },
    DescribeTrainingJob: ({ TrainingJobName }: Valid<DescribeTrainingJobRequest>) =>
      job(TrainingJobName).record,
    ListTrainingJobs: (input: Valid<ListTrainingJobsRequest>) =>
      page(input, {
        records: [...jobs.values()].map(({ record }) => record),
        as: 'TrainingJobSummaries',
        name: 'TrainingJobName',
        status: 'TrainingJobStatus',
        order: 'Ascending',
      }),
    StopTrainingJob: ({ TrainingJobName }: Valid<StopTrainingJobRequest>) => {
      const { record, stop } = job(TrainingJobName);
      if (record.TrainingJobStatus !== 'InProgress') {
        throw invalid(
          `The request was rejected because the training job is in status ${record.TrainingJobStatus}.`,
        );
      }
      move(world, record, 'Stopping', { TrainingJobStatus: 'Stopping' });
      stop.abort();
      return {};
    },
  };
}

function assertRehearsed(request: Request): void {
  const { AlgorithmSpecification: algorithm } = request;
  if (!algorithm?.TrainingImage)
    throw notRehearsed('A training job without AlgorithmSpecification.TrainingImage');
  if (!request.ResourceConfig) throw invalid('ResourceConfig is required');
  assertWaits(request);
  for (const member of ['ServerlessJobConfig', 'ModelPackageConfig'] as const) {
    if (request[member]) throw notRehearsed(member);
  }
  for (const { ChannelName, DataSource, InputMode } of request.InputDataConfig ?? []) {
    if (!['S3Prefix', 'ManifestFile'].includes(DataSource.S3DataSource?.S3DataType ?? '')) {
      throw notRehearsed(`The data source of channel ${ChannelName}`);
    }
    if ((InputMode ?? algorithm.TrainingInputMode) === 'Pipe')
      throw notRehearsed(`Input mode Pipe of channel ${ChannelName}`);
  }
}

/**
 * A job on spare capacity says how long it may wait and run together, any other does not.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
 */
function assertWaits({ EnableManagedSpotTraining: spot, StoppingCondition: stop }: Request): void {
  const wait = stop?.MaxWaitTimeInSeconds;
  if (spot && (wait === undefined || wait < (stop?.MaxRuntimeInSeconds ?? DAY)))
    throw invalid(
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    );
  if (!spot && wait !== undefined)
    throw invalid(
      'Invalid MaxWaitTimeInSeconds. It must be absent when managed spot training is not enabled',
    );
}

const artefactUri = ({ OutputDataConfig, TrainingJobName }: Request): string =>
  under(OutputDataConfig.S3OutputPath, `${TrainingJobName}/output/model.tar.gz`);

async function play(world: World, { request, record, stop }: Job): Promise<void> {
  const name = request.TrainingJobName;
  const base = baseOf(world, name);
  try {
    const image = request.AlgorithmSpecification?.TrainingImage ?? '';
    interpreterOf(world, image);
    await layOut(base, request);
    move(world, record, 'Downloading');
    const store = await world.options.store(request.RoleArn);
    for (const { ChannelName, DataSource } of request.InputDataConfig ?? []) {
      const source = DataSource.S3DataSource;
      if (!source) continue;
      await download(
        store,
        { uri: source.S3Uri, type: source.S3DataType, folder: path.join(base, 'input', 'data', ChannelName) },
        request.RoleArn,
      );
    }
    const checkpoints = await checkpointsOf(base, request, store);
    record.TrainingStartTime = seconds();
    move(world, record, 'Training');
    const ending = await runContainer(
      world,
      name,
      {
        image,
        entrypoint: request.AlgorithmSpecification?.ContainerEntrypoint,
        args: request.AlgorithmSpecification?.ContainerArguments,
        environment: request.Environment,
        isolate: request.EnableNetworkIsolation ?? false,
        maxSeconds: request.StoppingCondition?.MaxRuntimeInSeconds ?? DAY,
      },
      AbortSignal.any([stop.signal, world.closing]),
    );
    // AWS copies them all the time; here whatever is there at the end, however it came.
    await checkpoints?.keep();
    if (ending.kind !== 'exited') {
      return finish(world, record, ending.kind === 'late' ? 'MaxRuntimeExceeded' : 'Stopped', {
        TrainingJobStatus: 'Stopped',
      });
    }
    if (ending.code !== 0) {
      world.options.log(`${name} failed, see ${logOf(world, name)}\n${await logTail(world, name)}`);
      const said =
        (await leftText(path.join(base, 'output', 'failure'))) ?? 'See job logs for more information';
      throw new JobFailure(
        `AlgorithmError: ${said.slice(0, 900)}, exit code: ${ending.code < 0 ? 128 - ending.code : ending.code}`,
      );
    }
    move(world, record, 'Uploading');
    await keep(store, base, request);
    finish(world, record, 'Completed', { TrainingJobStatus: 'Completed' });
  } catch (error) {
    const FailureReason = failureReason(error);
    world.options.log(`training job ${name}: ${FailureReason}`);
    finish(world, record, 'Failed', { TrainingJobStatus: 'Failed', FailureReason });
  }
}

/** Makes the folders and files of the documented layout. */
async function layOut(base: string, request: Request): Promise<void> {
  for (const folder of ['input/config', 'input/data', 'model', 'output/data'])
    await mkdir(path.join(base, folder), { recursive: true });
  const channels = (request.InputDataConfig ?? []).map(({ ChannelName, ...channel }) => [
    ChannelName,
    {
      TrainingInputMode: channel.InputMode ?? request.AlgorithmSpecification?.TrainingInputMode,
      S3DistributionType: channel.DataSource.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
      RecordWrapperType: channel.RecordWrapperType ?? 'None',
      ...(channel.ContentType && { ContentType: channel.ContentType }),
    },
  ]);
  const config = (name: string, content: object) =>
    writeFile(path.join(base, 'input', 'config', name), JSON.stringify(content));
  await config('hyperparameters.json', request.HyperParameters ?? {});
  await config('inputdataconfig.json', Object.fromEntries(channels));
  await config('resourceconfig.json', {
    current_host: 'algo-1',
    hosts: ['algo-1'],
    network_interface_name: 'lo',
  });
}

/** Brings the checkpoints of an interrupted job to the folder where it left them; `keep` takes them away again. */
async function checkpointsOf(base: string, request: Request, store: ObjectStore) {
  const { CheckpointConfig: config, OutputDataConfig } = request;
  if (!config) return undefined;
  const folder = localPath(base, config.LocalPath ?? '/opt/ml/checkpoints');
  await mkdir(folder, { recursive: true });
  const { bucket, key } = parseS3Uri(config.S3Uri);
  const earlier = await store.list(bucket, key);
  if (earlier.length > 0)
    await download(store, { uri: config.S3Uri, type: 'S3Prefix', folder }, request.RoleArn);
  return { keep: () => upload(store, folder, config.S3Uri, OutputDataConfig.KmsKeyId) };
}

async function keep(store: ObjectStore, base: string, request: Request): Promise<void> {
  const { S3OutputPath, KmsKeyId } = request.OutputDataConfig;
  for (const [folder, archive] of [
    ['model', 'model.tar.gz'],
    [path.join('output', 'data'), 'output.tar.gz'],
  ] as const) {
    const from = path.join(base, folder);
    const empty = !(await stat(from).catch(() => undefined)) || (await readdir(from)).length === 0;
    if (empty) continue;
    const file = path.join(base, 'output', archive);
    await pack(from, file);
    const { bucket, key } = parseS3Uri(under(S3OutputPath, `${request.TrainingJobName}/output/${archive}`));
    await store.upload(bucket, key, file, KmsKeyId);
  }
}

function finish(world: World, record: Fields, secondary: string, change: Fields): void {
  const start = Number(record.TrainingStartTime ?? seconds());
  const time = Math.max(1, Math.round(seconds() - start));
  move(world, record, secondary, {
    ...change,
    TrainingEndTime: seconds(),
    TrainingTimeInSeconds: time,
    BillableTimeInSeconds: time,
  });
}

function move(world: World, record: Fields, secondary: string, change: Fields = {}): void {
  const transitions = record.SecondaryStatusTransitions as Fields[];
  const last = transitions.at(-1);
  if (last) last.EndTime = seconds();
  transitions.push({ Status: secondary, StartTime: seconds() });
  Object.assign(record, change, { SecondaryStatus: secondary, LastModifiedTime: seconds() });
  announce(world, record);
}

const TIMES = ['CreationTime', 'LastModifiedTime', 'TrainingStartTime', 'TrainingEndTime'];

function announce(world: World, record: Fields): void {
  world.emit(
    'SageMaker Training Job State Change',
    [String(record.TrainingJobArn)],
    jobDetail(record, TIMES),
  );
}
