import type { PermissionQuestion } from '../../../rehearsal/sagemaker/options';
import { ACCOUNT, arn, Bench, IMAGE } from './support/bench';
import { modelPackage, processingJob, trainingJob } from './support/requests';

const PIPELINE_ROLE = `arn:aws:iam::${ACCOUNT}:role/pipeline`;
const asked: PermissionQuestion[] = [];
let denial: string | undefined;
let broken = 0;
let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open({
    authorize: async (question) => {
      asked.push(question);
      return question.action === denial
        ? `${question.caller} is not authorized to perform: ${denial} on resource: ${question.resource}`
        : undefined;
    },
    store: async () => {
      if (broken > 0) {
        broken -= 1;
        throw new Error('connection reset');
      }
      return bench.store;
    },
  });
  await bench.store.put('artifacts', 'data/rows.csv', 'text\nhello\n');
  await bench.store.put(
    'artifacts',
    'code/prepare/job.py',
    'import shutil\nshutil.copy("processing/input/data/rows.csv", "processing/output/report/rows.csv")',
  );
  await bench.store.put(
    'artifacts',
    'code/train/train.py',
    'open("model/weights.txt", "w").write(open("input/data/train/rows.csv").read())',
  );
  await bench.store.put(
    'artifacts',
    'code/evaluate/job.py',
    `
import json, os
good = os.environ["GOOD"] == "yes"
json.dump({"gate": {"passed": good, "macro_f1": 0.9 if good else 0.5}}, open("processing/output/report/evaluation.json", "w"))
open("output/message", "w").write("macro F1 of topic is 0.9" if good else "macro F1 of topic is 0.5, below 0.85")
assert os.path.exists("processing/input/model/model.tar.gz")
`,
  );
});
afterAll(() => bench.close());

test('an execution trains, passes its gate and registers a package with values of its steps', async () => {
  await createPipeline('mails');
  const { PipelineExecutionArn } = await start('mails', { Good: 'yes' });
  expect(await ended(PipelineExecutionArn)).toMatchObject({
    PipelineExecutionStatus: 'Succeeded',
    PipelineArn: arn('pipeline', 'mails'),
  });
  const steps = await stepsOf(PipelineExecutionArn);
  expect(steps.map((step) => [step.StepName, step.StepStatus])).toEqual([
    ['Register', 'Succeeded'],
    ['Gate', 'Succeeded'],
    ['Evaluate', 'Succeeded'],
    ['Train', 'Succeeded'],
    ['Prepare', 'Succeeded'],
  ]);
  const id = String(PipelineExecutionArn).split('/').pop() ?? '';
  expect(steps.map(({ Metadata }) => Metadata)).toMatchObject([
    { RegisterModel: { Arn: arn('model-package', 'mails/1') } },
    { Condition: { Outcome: 'True' } },
    { ProcessingJob: { Arn: expect.stringContaining(`processing-job/pipelines-${id}-Evaluate-`) } },
    { TrainingJob: { Arn: expect.stringContaining(`training-job/pipelines-${id}-Train-`) } },
    { ProcessingJob: { Arn: expect.stringContaining(`processing-job/pipelines-${id}-Prepare-`) } },
  ]);
  expect(await bench.call('describe_model_package', { ModelPackageName: 'mails/1' })).toMatchObject({
    ModelPackageDescription: 'macro F1 of topic is 0.9',
    ModelApprovalStatus: 'PendingManualApproval',
    CustomerMetadataProperties: { execution: id },
    InferenceSpecification: {
      Containers: [{ ModelDataUrl: expect.stringContaining(`s3://artifacts/models/pipelines-${id}-Train-`) }],
    },
    ModelMetrics: {
      ModelQuality: { Statistics: { S3Uri: `s3://artifacts/runs/${id}/evaluation/evaluation.json` } },
    },
  });
  expect(
    bench.said('SageMaker Model Building Pipeline Execution Status Change', 'currentPipelineExecutionStatus'),
  ).toEqual(['Executing', 'Succeeded']);
  const [last] = bench.events.filter(({ detail }) => detail.stepName === 'Train').slice(-1);
  expect(last).toMatchObject({
    'detail-type': 'SageMaker Model Building Pipeline Execution Step Status Change',
    resources: [arn('pipeline', 'mails'), PipelineExecutionArn],
    detail: {
      currentStepStatus: 'Succeeded',
      previousStepStatus: 'Executing',
      stepType: 'Training',
      metadata: { trainingJob: { arn: expect.stringContaining('training-job/') } },
    },
  });
});

test('the pipeline acts as its role: jobs, tags, the group, the role of its jobs', async () => {
  const acts = new Set(
    asked.filter(({ caller }) => caller === `role:${PIPELINE_ROLE}`).map(({ action }) => action),
  );
  expect([...acts].sort()).toEqual([
    'iam:PassRole',
    'sagemaker:AddTags',
    'sagemaker:CreateModelPackage',
    'sagemaker:CreateModelPackageGroup',
    'sagemaker:CreateProcessingJob',
    'sagemaker:CreateTrainingJob',
    'sagemaker:DescribeProcessingJob',
    'sagemaker:DescribeTrainingJob',
  ]);
});

test('a gate that is not passed ends in the Fail step, whose message names what was missing', async () => {
  await createPipeline('refused');
  const { PipelineExecutionArn } = await start('refused', { Good: 'no' });
  expect(await ended(PipelineExecutionArn)).toMatchObject({
    PipelineExecutionStatus: 'Failed',
    FailureReason: 'Step failure: One or multiple steps failed.',
  });
  const [fail, gate] = await stepsOf(PipelineExecutionArn);
  expect(gate).toMatchObject({ StepName: 'Gate', Metadata: { Condition: { Outcome: 'False' } } });
  expect(fail).toMatchObject({
    StepName: 'Refused',
    StepStatus: 'Failed',
    FailureReason: 'The gate refused: macro F1 of topic is 0.5, below 0.85',
    Metadata: { Fail: { ErrorMessage: 'The gate refused: macro F1 of topic is 0.5, below 0.85' } },
  });
});

test('a role that lacks a permission fails the step and names the action', async () => {
  await createPipeline('denied');
  denial = 'sagemaker:CreateTrainingJob';
  const { PipelineExecutionArn } = await start('denied', { Good: 'yes' });
  await ended(PipelineExecutionArn);
  denial = undefined;
  const [step] = await stepsOf(PipelineExecutionArn);
  expect(step).toMatchObject({
    StepName: 'Train',
    StepStatus: 'Failed',
    FailureReason: expect.stringMatching(
      /^ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: .* is not authorized to perform: sagemaker:CreateTrainingJob on resource: arn:/,
    ),
  });
});

test('a fault of the service is retried as the step says', async () => {
  await createPipeline('retried');
  broken = 2;
  const { PipelineExecutionArn } = await start('retried', { Good: 'yes' });
  expect(await ended(PipelineExecutionArn)).toMatchObject({ PipelineExecutionStatus: 'Succeeded' });
  const prepare = (await stepsOf(PipelineExecutionArn)).pop();
  expect(prepare).toMatchObject({ StepName: 'Prepare', AttemptCount: 3 });
});

test('the same token starts one execution, and parameters are checked', async () => {
  await createPipeline('token');
  const request = {
    PipelineName: 'token',
    ClientRequestToken: 't'.repeat(32),
    PipelineParameters: [{ Name: 'Good', Value: 'yes' }],
  };
  const first = await bench.call('start_pipeline_execution', request);
  expect(await bench.call('start_pipeline_execution', request)).toMatchObject({
    PipelineExecutionArn: first.PipelineExecutionArn,
  });
  expect(
    (await bench.call('list_pipeline_executions', { PipelineName: 'token' })).PipelineExecutionSummaries,
  ).toHaveLength(1);
  expect(
    (
      await bench.call('list_pipeline_parameters_for_execution', {
        PipelineExecutionArn: first.PipelineExecutionArn,
      })
    ).PipelineParameters,
  ).toEqual(
    expect.arrayContaining([
      { Name: 'Good', Value: 'yes' },
      { Name: 'Bound', Value: '0.85' },
    ]),
  );
  const wrong = (PipelineParameters: object[]) =>
    bench.refused('start_pipeline_execution', { PipelineName: 'token', PipelineParameters });
  expect(await wrong([{ Name: 'Colour', Value: 'red' }])).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('Unknown parameters: Colour'),
  });
  expect(await wrong([])).toMatchObject({ message: 'Parameter Good has no default, and no value was given' });
  expect(await wrong([{ Name: 'Good', Value: 'x'.repeat(1025) }])).toMatchObject({
    message: expect.stringContaining('length less than or equal to 1024'),
  });
  await ended(first.PipelineExecutionArn);
});

test('an execution keeps its definition when the pipeline is updated', async () => {
  await createPipeline('kept');
  const { PipelineExecutionArn } = await start('kept', { Good: 'yes' });
  const changed = JSON.stringify({ ...definition('kept'), Metadata: { changed: 'yes' } });
  await bench.call('update_pipeline', { PipelineName: 'kept', PipelineDefinition: changed });
  expect((await bench.call('describe_pipeline', { PipelineName: 'kept' })).PipelineDefinition).toBe(changed);
  expect(
    (await bench.call('describe_pipeline_definition_for_execution', { PipelineExecutionArn }))
      .PipelineDefinition,
  ).toBe(JSON.stringify(definition('kept')));
  expect(await bench.refused('delete_pipeline', { PipelineName: 'kept' })).toMatchObject({
    code: 'ConflictException',
  });
  await ended(PipelineExecutionArn);
  await bench.call('delete_pipeline', { PipelineName: 'kept' });
  expect(await bench.refused('describe_pipeline', { PipelineName: 'kept' })).toMatchObject({
    code: 'ResourceNotFound',
    message: `Pipeline '${arn('pipeline', 'kept')}' does not exist.`,
  });
});

test('a stopped execution stops its job and begins no other step', async () => {
  await bench.store.put('artifacts', 'code/sleep/job.py', 'import time\ntime.sleep(60)');
  const sleep = {
    ...definition('asleep'),
    Parameters: [],
    Steps: [
      { Name: 'Sleep', Type: 'Processing', Arguments: withoutName(processingJob('sleep')) },
      { Name: 'Never', Type: 'Fail', DependsOn: ['Sleep'], Arguments: { ErrorMessage: 'never' } },
    ],
  };
  await bench.call('create_pipeline', {
    PipelineName: 'asleep',
    RoleArn: PIPELINE_ROLE,
    PipelineDefinition: JSON.stringify(sleep),
  });
  const { PipelineExecutionArn } = await start('asleep', {});
  await bench.call('stop_pipeline_execution', { PipelineExecutionArn });
  expect(await ended(PipelineExecutionArn)).toMatchObject({ PipelineExecutionStatus: 'Stopped' });
  expect((await stepsOf(PipelineExecutionArn)).map((step) => [step.StepName, step.StepStatus])).toEqual([
    ['Sleep', 'Stopped'],
  ]);
  expect(await bench.refused('stop_pipeline_execution', { PipelineExecutionArn })).toMatchObject({
    code: 'ConflictException',
  });
});

test('a definition is refused when it is created, with everything that is wrong in it', async () => {
  const wrong = {
    Version: '2020-12-01',
    Parameters: [],
    Steps: [
      { Name: 'A', Type: 'Fail', Arguments: { ErrorMessage: { Get: 'Parameters.None' } } },
      { Name: 'A', Type: 'Fail', Arguments: { ErrorMessage: { Get: 'Steps.None.ExitMessage' } } },
      { Name: 'B', Type: 'Processing', Arguments: {}, DependsOn: ['C'] },
      { Name: 'C', Type: 'Processing', Arguments: {}, DependsOn: ['B'] },
    ],
  };
  const refusal = await bench.refused('create_pipeline', {
    PipelineName: 'wrong',
    RoleArn: PIPELINE_ROLE,
    PipelineDefinition: JSON.stringify(wrong),
  });
  expect(refusal.code).toBe('ValidationException');
  for (const said of ['parameter None is not declared', 'names no step', 'used twice', 'B → C → B'])
    expect(refusal.message).toContain(said);
  expect(
    await bench.refused('create_pipeline', {
      PipelineName: 'wrong',
      RoleArn: PIPELINE_ROLE,
      PipelineDefinition: '{',
    }),
  ).toMatchObject({ message: expect.stringContaining('is not JSON') });
});

test('a definition may lie in S3, a name is used once, and what does not exist is a ResourceNotFound', async () => {
  await bench.store.put('artifacts', 'definition.json', JSON.stringify(definition('stored')));
  const request = {
    PipelineName: 'stored',
    RoleArn: PIPELINE_ROLE,
    PipelineDefinitionS3Location: { Bucket: 'artifacts', ObjectKey: 'definition.json' },
  };
  await bench.call('create_pipeline', request);
  expect(await bench.refused('create_pipeline', request)).toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining('Pipeline names must be unique'),
  });
  expect(
    (await bench.call('list_pipelines', { PipelineNamePrefix: 'stor' })).PipelineSummaries,
  ).toMatchObject([{ PipelineName: 'stored' }]);
  const none = `${arn('pipeline', 'none')}/execution/abc`;
  expect(await bench.refused('describe_pipeline_execution', { PipelineExecutionArn: none })).toMatchObject({
    code: 'ResourceNotFound',
  });
  expect(await bench.refused('start_pipeline_execution', { PipelineName: 'none' })).toMatchObject({
    code: 'ResourceNotFound',
  });
});

/** A request as a step's arguments: the service gives the job its name. */
function withoutName(request: Record<string, unknown>): Record<string, unknown> {
  const { ProcessingJobName: _processing, TrainingJobName: _training, ...rest } = request;
  return rest;
}

/** Prepare → Train → Evaluate → Gate → Register or Refused, registering in a group of the pipeline's name. */
function definition(group: string) {
  const run = (folder: string) => ({
    'Std:Join': {
      On: '/',
      Values: ['s3://artifacts/runs', { Get: 'Execution.PipelineExecutionId' }, folder, ''],
    },
  });
  const outputOf = (step: string) => ({
    Get: `Steps.${step}.ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri`,
  });
  const model = { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' };
  const report = (folder: string) => ({
    Outputs: [
      {
        OutputName: 'report',
        S3Output: {
          S3Uri: run(folder),
          LocalPath: '/opt/ml/processing/output/report',
          S3UploadMode: 'EndOfJob',
        },
      },
    ],
  });
  const retry = [
    { ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'], IntervalSeconds: 30, BackoffRate: 1, MaxAttempts: 3 },
  ];
  const [code, data] = processingJob('evaluate').ProcessingInputs;
  const [trainCode, trainData] = trainingJob('train').InputDataConfig;
  return {
    Version: '2020-12-01',
    Parameters: [
      { Name: 'Good', Type: 'String' },
      { Name: 'Bound', Type: 'Float', DefaultValue: 0.85 },
    ],
    Steps: [
      {
        Name: 'Prepare',
        Type: 'Processing',
        RetryPolicies: retry,
        Arguments: { ...withoutName(processingJob('prepare')), ProcessingOutputConfig: report('train') },
      },
      {
        Name: 'Train',
        Type: 'Training',
        Arguments: {
          ...withoutName(trainingJob('train')),
          InputDataConfig: [
            trainCode,
            {
              ...trainData,
              DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: outputOf('Prepare') } },
            },
          ],
        },
      },
      {
        Name: 'Evaluate',
        Type: 'Processing',
        Arguments: {
          ...withoutName(processingJob('evaluate')),
          Environment: { GOOD: { Get: 'Parameters.Good' } },
          ProcessingInputs: [
            code,
            {
              InputName: 'model',
              S3Input: { ...data?.S3Input, S3Uri: model, LocalPath: '/opt/ml/processing/input/model' },
            },
          ],
          ProcessingOutputConfig: report('evaluation'),
        },
        PropertyFiles: [
          { PropertyFileName: 'EvaluationReport', OutputName: 'report', FilePath: 'evaluation.json' },
        ],
      },
      {
        Name: 'Gate',
        Type: 'Condition',
        Arguments: {
          Conditions: [
            { Type: 'Equals', LeftValue: jsonGet('gate.passed'), RightValue: true },
            {
              Type: 'GreaterThanOrEqualTo',
              LeftValue: jsonGet('gate.macro_f1'),
              RightValue: { Get: 'Parameters.Bound' },
            },
          ],
          IfSteps: [
            {
              Name: 'Register',
              Type: 'RegisterModel',
              Arguments: {
                ...modelPackage(group),
                ModelPackageDescription: { Get: 'Steps.Evaluate.ExitMessage' },
                CustomerMetadataProperties: { execution: { Get: 'Execution.PipelineExecutionId' } },
                InferenceSpecification: {
                  ...modelPackage(group).InferenceSpecification,
                  Containers: [{ Image: IMAGE, ModelDataUrl: model }],
                },
                ModelMetrics: {
                  ModelQuality: {
                    Statistics: {
                      ContentType: 'application/json',
                      S3Uri: { 'Std:Join': { On: '', Values: [outputOf('Evaluate'), 'evaluation.json'] } },
                    },
                  },
                },
              },
            },
          ],
          ElseSteps: [
            {
              Name: 'Refused',
              Type: 'Fail',
              Arguments: {
                ErrorMessage: {
                  'Std:Join': {
                    On: ' ',
                    Values: ['The gate refused:', { Get: 'Steps.Evaluate.ExitMessage' }],
                  },
                },
              },
            },
          ],
        },
      },
    ],
  };
}

function jsonGet(Path: string) {
  return { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Evaluate.PropertyFiles.EvaluationReport' }, Path } };
}

const createPipeline = (PipelineName: string) =>
  bench.call('create_pipeline', {
    PipelineName,
    RoleArn: PIPELINE_ROLE,
    PipelineDefinition: JSON.stringify(definition(PipelineName)),
  });

const start = (PipelineName: string, parameters: Record<string, string>) =>
  bench.call('start_pipeline_execution', {
    PipelineName,
    PipelineParameters: Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
  });

const ended = (PipelineExecutionArn: unknown) =>
  bench.until('describe_pipeline_execution', { PipelineExecutionArn }, 'PipelineExecutionStatus', [
    'Executing',
    'Stopping',
  ]);

const stepsOf = async (PipelineExecutionArn: unknown) =>
  (await bench.call('list_pipeline_execution_steps', { PipelineExecutionArn }))
    .PipelineExecutionSteps as Array<Record<string, unknown>>;
