import { randomBytes } from 'node:crypto';
import { AwsError } from '../errors';
import { assertReadable } from '../models';
import { plain } from '../permissions';
import type { Fields } from '../service-model';
import type { World } from '../world';
import { allHold } from './conditions';
import type { Node } from './definition';
import type { StepRecord } from './execution';
import { resolve, type Scope } from './resolve';
import { StepFailure, withRetries } from './retry';

/** The execution that a step belongs to. */
export interface StepContext {
  readonly world: World;
  readonly scope: Scope;
  readonly executionId: string;
  /** Role that the pipeline's calls are made as. */
  readonly roleArn: string;
  readonly stop: AbortSignal;
}

type Runner = (args: Fields, record: StepRecord, context: StepContext) => Promise<Fields>;

/** Runs a step; returns what `Steps.<name>` reads. */
export async function runStep({ step }: Node, record: StepRecord, context: StepContext): Promise<Fields> {
  if (step.Type === 'Condition') return condition(step.Arguments, record, context);
  const runner = RUNNERS[step.Type];
  if (!runner) {
    throw new StepFailure(
      `ClientError: a ${step.Type} step is not rehearsed here, only Condition, ${Object.keys(RUNNERS).join(', ')}`,
    );
  }
  const args = (await resolve(step.Arguments, context.scope)) as Fields;
  const factor = context.world.options.retryWaitFactor ?? 0.001;
  return withRetries(
    step.RetryPolicies ?? [],
    (wait) => pause(wait * factor * 1000, context.stop),
    (count) => {
      record.AttemptCount = count;
      return runner(args, record, context);
    },
  );
}

const RUNNERS: Readonly<Record<string, Runner>> = {
  Processing: (args, record, context) => job('Processing', args, record, context),
  Training: (args, record, context) => job('Training', args, record, context),
  RegisterModel: register,
  Model: createModel,
  Fail: async (args, record) => {
    record.Metadata = { Fail: { ErrorMessage: args.ErrorMessage } };
    throw new StepFailure(String(args.ErrorMessage));
  },
};

async function condition(args: Fields, record: StepRecord, { scope }: StepContext): Promise<Fields> {
  const outcome = await allHold(args.Conditions as Fields[], scope);
  record.Metadata = { Condition: { Outcome: outcome ? 'True' : 'False' } };
  return { Outcome: outcome };
}

/** Starts a job under the name that the service gives it, waits, and fails as it failed. */
async function job(
  kind: 'Processing' | 'Training',
  args: Fields,
  record: StepRecord,
  context: StepContext,
): Promise<Fields> {
  const { world, executionId, stop } = context;
  const name = `pipelines-${executionId}-${record.StepName}-${randomBytes(5).toString('hex')}`;
  const named = { [`${kind}JobName`]: name };
  const created = await asPipeline(context, `Create${kind}Job`, { ...args, ...named });
  const arn = String(created[`${kind}JobArn`]);
  record.Metadata = { [`${kind}Job`]: { Arn: arn } };
  const end = () =>
    void asPipeline(context, `Stop${kind}Job`, named).catch((error) => world.options.log(error.message));
  stop.addEventListener('abort', end);
  if (stop.aborted) end();
  await world.settled(arn);
  stop.removeEventListener('abort', end);
  const described = await asPipeline(context, `Describe${kind}Job`, named);
  if (described[`${kind}JobStatus`] === 'Completed') return described;
  throw new StepFailure(
    String(
      described.FailureReason ??
        `ClientError: ${kind} job ${name} was stopped: ${described.SecondaryStatus ?? 'Stopped'}`,
    ),
  );
}

/** The pipeline's role must be able to make the group, even where it exists, and to read the artefact. */
async function register(args: Fields, record: StepRecord, context: StepContext): Promise<Fields> {
  const { world, roleArn } = context;
  const group = String(args.ModelPackageGroupName);
  try {
    await asPipeline(context, 'CreateModelPackageGroup', { ModelPackageGroupName: plain(group) });
  } catch (error) {
    if (!(error instanceof StepFailure && /already exists/.test(error.message))) throw error;
  }
  const specification = args.InferenceSpecification as
    | { Containers?: Array<{ ModelDataUrl?: string }> }
    | undefined;
  for (const { ModelDataUrl } of specification?.Containers ?? []) {
    if (ModelDataUrl) await assertReadable(world, ModelDataUrl, roleArn);
  }
  const created = await asPipeline(context, 'CreateModelPackage', args);
  record.Metadata = { RegisterModel: { Arn: created.ModelPackageArn } };
  return world.look('DescribeModelPackage', { ModelPackageName: created.ModelPackageArn });
}

async function createModel(args: Fields, record: StepRecord, context: StepContext): Promise<Fields> {
  const name = `pipelines-${context.executionId}-${record.StepName}-${randomBytes(5).toString('hex')}`;
  const created = await asPipeline(context, 'CreateModel', { ...args, ModelName: name });
  record.Metadata = { Model: { Arn: created.ModelArn } };
  return context.world.look('DescribeModel', { ModelName: name });
}

/** A call as the pipeline's role; what refuses it becomes the step's failure, unless a policy may retry it. */
async function asPipeline(
  { world, roleArn }: StepContext,
  operation: string,
  input: Fields,
): Promise<Fields> {
  try {
    return await world.call(operation, input, `role:${roleArn}`);
  } catch (error) {
    const final =
      error instanceof AwsError && error.status < 500 && !/Throttling|ResourceLimit/.test(error.code);
    if (!final) throw error;
    throw new StepFailure(
      `ClientError: Failed to invoke sagemaker:${operation}. Error Details: ${error.message}`,
    );
  }
}

/** Waits; false if the execution was stopped meanwhile. */
function pause(milliseconds: number, stop: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    const timer = setTimeout(() => finish(true), milliseconds);
    const aborted = () => finish(false);
    const finish = (value: boolean) => {
      clearTimeout(timer);
      stop.removeEventListener('abort', aborted);
      done(value);
    };
    stop.addEventListener('abort', aborted);
    if (stop.aborted) aborted();
  });
}
