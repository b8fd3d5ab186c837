import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type {
  CreateProcessingJobRequest,
  DescribeProcessingJobRequest,
  ListProcessingJobsRequest,
  StopProcessingJobRequest,
} from '@aws-sdk/client-sagemaker';
import { inUse, invalid, notRehearsed } from '../errors';
import { page } from '../paging';
import type { Fields } from '../service-model';
import { born, type Handlers, seconds, type Valid, type World } from '../world';
import { failureReason, JobFailure } from './failure';
import { download } from './inputs';
import { upload } from './outputs';
import { baseOf, interpreterOf, leftText, localPath, logOf, logTail, runContainer } from './run';

type Request = Valid<CreateProcessingJobRequest>;

interface Job {
  readonly request: Request;
  readonly record: Fields;
  readonly stop: AbortController;
}

const DAY = 24 * 3600;

/** Processing jobs: a script over input folders that leaves output folders and a message. */
export function processingJobs(world: World): Handlers {
  const jobs = new Map<string, Job>();
  const job = (name: string): Job => {
    const found = jobs.get(name);
    if (!found) throw invalid(`Could not find requested job with name: ${name}`);
    return found;
  };
  return {
    CreateProcessingJob: ({ Tags, ...request }: Request) => {
      const name = request.ProcessingJobName;
      const ProcessingJobArn = world.arn('processing-job', name);
      if (jobs.has(name))
        throw inUse(
          `Job name must be unique within an AWS account and region, and a job with this name already exists (${ProcessingJobArn})`,
        );
      assertRehearsed(request);
      const record: Fields = {
        ...request,
        ProcessingJobArn,
        ProcessingJobStatus: 'InProgress',
        CreationTime: seconds(),
        LastModifiedTime: seconds(),
      };
      const created = { request, record, stop: new AbortController() };
      jobs.set(name, created);
      born(world, ProcessingJobArn, Tags);
      announce(world, record);
      world.background(ProcessingJobArn, () => play(world, created));
      return { ProcessingJobArn };
    },
    DescribeProcessingJob: ({ ProcessingJobName }: Valid<DescribeProcessingJobRequest>) =>
      job(ProcessingJobName).record,
    ListProcessingJobs: (input: Valid<ListProcessingJobsRequest>) =>
      page(input, {
        records: [...jobs.values()].map(({ record }) => record),
        as: 'ProcessingJobSummaries',
        name: 'ProcessingJobName',
        status: 'ProcessingJobStatus',
        order: 'Ascending',
      }),
    StopProcessingJob: ({ ProcessingJobName }: Valid<StopProcessingJobRequest>) => {
      const { record, stop } = job(ProcessingJobName);
      if (record.ProcessingJobStatus !== 'InProgress') {
        throw invalid(
          `The request was rejected because the processing job is in status ${record.ProcessingJobStatus}.`,
        );
      }
      update(world, record, { ProcessingJobStatus: 'Stopping' });
      stop.abort();
      return {};
    },
  };
}

function assertRehearsed(request: Request): void {
  for (const { InputName, DatasetDefinition, S3Input } of request.ProcessingInputs ?? []) {
    if (DatasetDefinition) throw notRehearsed(`DatasetDefinition of input ${InputName}`);
    if (S3Input?.S3InputMode === 'Pipe') throw notRehearsed(`S3InputMode Pipe of input ${InputName}`);
    if (!S3Input?.LocalPath) throw invalid(`Input ${InputName} needs S3Input with LocalPath`);
  }
  for (const { OutputName, FeatureStoreOutput, S3Output } of request.ProcessingOutputConfig?.Outputs ?? []) {
    if (FeatureStoreOutput) throw notRehearsed(`FeatureStoreOutput of output ${OutputName}`);
    if (!S3Output?.LocalPath) throw invalid(`Output ${OutputName} needs S3Output with LocalPath`);
  }
}

async function play(world: World, { request, record, stop }: Job): Promise<void> {
  const name = request.ProcessingJobName;
  const base = baseOf(world, name);
  let exitMessage: string | undefined;
  try {
    interpreterOf(world, request.AppSpecification.ImageUri);
    await layOut(base, request);
    const store = await world.options.store(request.RoleArn);
    for (const { S3Input } of request.ProcessingInputs ?? []) {
      if (!S3Input?.LocalPath) continue;
      await download(
        store,
        { uri: S3Input.S3Uri, type: S3Input.S3DataType, folder: localPath(base, S3Input.LocalPath) },
        request.RoleArn,
      );
    }
    record.ProcessingStartTime = seconds();
    const { AppSpecification: app, NetworkConfig: network, StoppingCondition: stopping } = request;
    const ending = await runContainer(
      world,
      name,
      {
        image: app.ImageUri,
        entrypoint: app.ContainerEntrypoint,
        args: app.ContainerArguments,
        environment: request.Environment,
        isolate: network?.EnableNetworkIsolation ?? false,
        maxSeconds: stopping?.MaxRuntimeInSeconds ?? DAY,
      },
      AbortSignal.any([stop.signal, world.closing]),
    );
    if (ending.kind !== 'exited') {
      const late =
        ending.kind === 'late' &&
        `ClientError: the job ran longer than MaxRuntimeInSeconds (${stopping?.MaxRuntimeInSeconds ?? DAY}) and was stopped`;
      return finish(world, record, { ProcessingJobStatus: 'Stopped', ...(late && { FailureReason: late }) });
    }
    exitMessage = await leftText(path.join(base, 'output', 'message'));
    if (ending.code !== 0) {
      world.options.log(`${name} failed, see ${logOf(world, name)}\n${await logTail(world, name)}`);
      const said = exitMessage ?? 'See job logs for more information';
      throw new JobFailure(
        `AlgorithmError: ${said.slice(0, 900)}, exit code: ${ending.code < 0 ? 128 - ending.code : ending.code}`,
      );
    }
    for (const { S3Output } of request.ProcessingOutputConfig?.Outputs ?? []) {
      if (!S3Output?.LocalPath) continue;
      await upload(
        store,
        localPath(base, S3Output.LocalPath),
        S3Output.S3Uri,
        request.ProcessingOutputConfig?.KmsKeyId,
      );
    }
    finish(world, record, { ProcessingJobStatus: 'Completed', ExitMessage: exitMessage });
  } catch (error) {
    const FailureReason = failureReason(error);
    world.options.log(`processing job ${name}: ${FailureReason}`);
    finish(world, record, { ProcessingJobStatus: 'Failed', ExitMessage: exitMessage, FailureReason });
  }
}

/** Makes the folders and files that the container finds. */
async function layOut(base: string, request: Request): Promise<void> {
  await mkdir(path.join(base, 'config'), { recursive: true });
  await mkdir(path.join(base, 'output'), { recursive: true });
  for (const { S3Output } of request.ProcessingOutputConfig?.Outputs ?? []) {
    if (S3Output?.LocalPath) await mkdir(localPath(base, S3Output.LocalPath), { recursive: true });
  }
  await writeFile(path.join(base, 'config', 'processingjobconfig.json'), JSON.stringify(request));
  await writeFile(
    path.join(base, 'config', 'resourceconfig.json'),
    JSON.stringify({ current_host: 'algo-1', hosts: ['algo-1'] }),
  );
}

function finish(world: World, record: Fields, change: Fields): void {
  update(world, record, { ...change, ProcessingEndTime: seconds() });
}

function update(world: World, record: Fields, change: Fields): void {
  Object.assign(record, change, { LastModifiedTime: seconds() });
  announce(world, record);
}

const TIMES = ['CreationTime', 'LastModifiedTime', 'ProcessingStartTime', 'ProcessingEndTime'];

function announce(world: World, record: Fields): void {
  world.emit(
    'SageMaker Processing Job State Change',
    [String(record.ProcessingJobArn)],
    jobDetail(record, TIMES),
  );
}

/** Job events are the described job with its times in milliseconds. */
export function jobDetail(record: Fields, times: readonly string[]): Fields {
  const detail = { ...record };
  for (const time of times)
    if (typeof detail[time] === 'number') detail[time] = Math.round(Number(detail[time]) * 1000);
  return detail;
}
