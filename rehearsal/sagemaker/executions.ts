import { randomBytes } from 'node:crypto';
import type {
  DescribePipelineDefinitionForExecutionRequest,
  DescribePipelineExecutionRequest,
  ListPipelineExecutionStepsRequest,
  ListPipelineExecutionsRequest,
  ListPipelineParametersForExecutionRequest,
  StartPipelineExecutionRequest,
  StopPipelineExecutionRequest,
} from '@aws-sdk/client-sagemaker';
import { conflict, invalid, messageOf, notFound, notRehearsed } from './errors';
import { announceExecution, announceStep, turn } from './execution-events';
import { type Definition, graph } from './interpreter/definition';
import { Execution } from './interpreter/execution';
import { type ParameterValue, parameterValues } from './interpreter/parameters';
import { resolve, type Scope } from './interpreter/resolve';
import { runStep } from './interpreter/steps';
import { parseS3Uri, under } from './jobs/s3-uri';
import { page } from './paging';
import type { Fields } from './service-model';
import { born, type Handlers, iso, seconds, type Valid, type World } from './world';

/** A pipeline; an execution keeps its own copy of text and definition. */
export interface Pipeline {
  readonly record: Fields;
  definition: Definition;
}

interface Running {
  /** What DescribePipelineExecution shows, and what later updates of the pipeline do not change. */
  readonly record: Fields;
  readonly text: string;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly stop: AbortController;
  readonly play: Execution;
}

/** AWS runs at most 50 steps of an execution side by side unless told otherwise. */
const MOST_AT_ONCE = 50;

/** Executions of pipelines. */
export function executions(
  world: World,
  pipeline: (nameOrArn: string) => Pipeline,
): { handlers: Handlers; assertIdle(pipelineArn: string): void } {
  const known = new Map<string, Running>();
  const tokens = new Map<string, string>();
  const execution = (arn: string): Running => {
    const found = known.get(arn);
    if (!found) throw notFound(`Pipeline execution with ARN '${arn}' does not exist.`);
    return found;
  };
  const active = ({ record }: Running) =>
    ['Executing', 'Stopping'].includes(String(record.PipelineExecutionStatus));

  const handlers: Handlers = {
    StartPipelineExecution: (request: Valid<StartPipelineExecutionRequest>) => {
      const from = pipeline(request.PipelineName);
      const pipelineArn = String(from.record.PipelineArn);
      const token = `${pipelineArn} ${request.ClientRequestToken}`;
      const before = tokens.get(token);
      if (before) return { PipelineExecutionArn: before };
      if (request.SelectiveExecutionConfig) throw notRehearsed('SelectiveExecutionConfig');
      if (request.PipelineVersionId) throw notRehearsed('PipelineVersionId');
      const started = begin(world, from, request);
      const arn = String(started.record.PipelineExecutionArn);
      known.set(arn, started);
      tokens.set(token, arn);
      from.record.LastRunTime = seconds();
      from.record.LastExecutionTime = seconds();
      born(world, arn);
      return { PipelineExecutionArn: arn };
    },
    StopPipelineExecution: ({ PipelineExecutionArn }: Valid<StopPipelineExecutionRequest>) => {
      const { record, stop, play } = execution(PipelineExecutionArn);
      if (record.PipelineExecutionStatus !== 'Executing') {
        throw conflict(
          `Pipeline execution ${PipelineExecutionArn} is ${record.PipelineExecutionStatus}; only an executing one can be stopped`,
        );
      }
      turn(world, record, 'Stopping');
      for (const step of play.records) if (step.StepStatus === 'Executing') step.StepStatus = 'Stopping';
      stop.abort();
      return { PipelineExecutionArn };
    },
    DescribePipelineExecution: ({ PipelineExecutionArn }: Valid<DescribePipelineExecutionRequest>) =>
      execution(PipelineExecutionArn).record,
    ListPipelineExecutions: (input: Valid<ListPipelineExecutionsRequest>) => {
      const { PipelineArn } = pipeline(input.PipelineName).record;
      const records = [...known.values()]
        .map(
          ({ record }) =>
            ({
              ...record,
              StartTime: record.CreationTime,
              PipelineExecutionFailureReason: record.FailureReason,
            }) as Fields,
        )
        .filter((record) => record.PipelineArn === PipelineArn);
      return page(input, {
        records,
        as: 'PipelineExecutionSummaries',
        name: 'PipelineExecutionArn',
        order: 'Descending',
      });
    },
    ListPipelineExecutionSteps: (input: Valid<ListPipelineExecutionStepsRequest>) => {
      if (!input.PipelineExecutionArn) throw invalid('PipelineExecutionArn is required');
      const records = execution(input.PipelineExecutionArn).play.records.map(
        (step): Fields => ({ ...step, CreationTime: step.StartTime }),
      );
      return page(input, { records, as: 'PipelineExecutionSteps', name: 'StepName', order: 'Descending' });
    },
    ListPipelineParametersForExecution: (input: Valid<ListPipelineParametersForExecutionRequest>) => {
      const { parameters } = execution(input.PipelineExecutionArn);
      const records = [...parameters].map(([Name, value]): Fields => ({ Name, Value: String(value) }));
      return page(input, { records, as: 'PipelineParameters', name: 'Name', order: 'Ascending' });
    },
    DescribePipelineDefinitionForExecution: (input: Valid<DescribePipelineDefinitionForExecutionRequest>) => {
      const { text, record } = execution(input.PipelineExecutionArn);
      return { PipelineDefinition: text, CreationTime: record.CreationTime };
    },
  };
  return {
    handlers,
    assertIdle: (pipelineArn) => {
      const busy = [...known.values()].some((one) => one.record.PipelineArn === pipelineArn && active(one));
      if (busy) throw conflict(`Pipeline ${pipelineArn} has an execution under way; stop it first`);
    },
  };
}

function begin(world: World, from: Pipeline, request: Valid<StartPipelineExecutionRequest>): Running {
  const { definition, record: pipeline } = from;
  const pipelineArn = String(pipeline.PipelineArn);
  const roleArn = String(pipeline.RoleArn);
  const id = executionId();
  const arn = `${pipelineArn}/execution/${id}`;
  const parameters = parameterValues(definition, request.PipelineParameters ?? []);
  const parallelism =
    request.ParallelismConfiguration ??
    (pipeline.ParallelismConfiguration as { MaxParallelExecutionSteps: number } | undefined);
  const stop = new AbortController();
  const halt = AbortSignal.any([stop.signal, world.closing]);
  const nodes = graph(definition);
  const record: Fields = {
    PipelineArn: pipelineArn,
    PipelineExecutionArn: arn,
    PipelineExecutionDisplayName: request.PipelineExecutionDisplayName ?? `execution-${Date.now()}`,
    PipelineExecutionDescription: request.PipelineExecutionDescription,
    PipelineExecutionStatus: 'Executing',
    ParallelismConfiguration: parallelism,
    CreationTime: seconds(),
    LastModifiedTime: seconds(),
  };
  const experiment: Fields = {};
  const scope: Scope = {
    parameters,
    experiment,
    execution: {
      StartDateTime: iso(Number(record.CreationTime)),
      PipelineName: String(pipeline.PipelineName),
      PipelineArn: pipelineArn,
      PipelineExecutionId: id,
      PipelineExecutionArn: arn,
    },
    get steps() {
      return play.properties;
    },
    propertyFile: (step, file) => {
      const { PropertyFiles } = nodes.get(step)?.step ?? {};
      const { OutputName, FilePath } =
        PropertyFiles?.find(({ PropertyFileName }) => PropertyFileName === file) ?? {};
      const config = play.properties.get(step)?.ProcessingOutputConfig as
        | { Outputs?: Array<{ OutputName: string; S3Output: { S3Uri: string } }> }
        | undefined;
      const output = config?.Outputs?.find((one) => one.OutputName === OutputName);
      if (!output || !FilePath) throw new Error(`step ${step} wrote no property file ${file}`);
      return under(output.S3Output.S3Uri, FilePath);
    },
    readJson: async (uri) => {
      const { bucket, key } = parseS3Uri(uri);
      // Pipelines read property files with their own role.
      const store = await world.options.store(roleArn);
      return JSON.parse((await store.get(bucket, key)).toString('utf8'));
    },
  };
  const play = new Execution(nodes, {
    run: (node, step) => runStep(node, step, { world, scope, executionId: id, roleArn, stop: halt }),
    changed: (step, previous) => announceStep(world, record, step, previous),
    stop: halt,
    mostAtOnce: parallelism?.MaxParallelExecutionSteps ?? MOST_AT_ONCE,
  });
  announceExecution(world, record, undefined);
  world.background(arn, async () => {
    try {
      Object.assign(experiment, await resolve(definition.PipelineExperimentConfig ?? {}, scope));
      const passed = await play.play();
      if (halt.aborted) turn(world, record, 'Stopped');
      else if (passed) turn(world, record, 'Succeeded');
      else turn(world, record, 'Failed', 'Step failure: One or multiple steps failed.');
    } catch (error) {
      turn(world, record, 'Failed', `InternalServerError: ${messageOf(error)}`);
    }
  });
  return { record, text: String(pipeline.PipelineDefinition), parameters, stop, play };
}

/** Twelve letters and digits, as AWS makes them. */
const executionId = (): string =>
  BigInt(`0x1${randomBytes(12).toString('hex')}`)
    .toString(36)
    .slice(-12);
