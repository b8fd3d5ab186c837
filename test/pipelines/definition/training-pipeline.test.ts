import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingPipelineSpec } from '../../../pipelines/definition/spec';
import { definitionHash, trainingPipeline } from '../../../pipelines/definition/training-pipeline';
import { validateDefinition } from '../../../pipelines/definition/validate';

const golden = join(__dirname, '__golden__', 'training-pipeline.json');

test('the definition is the contract with SageMaker: it changes only on purpose (ACCEPT=1 writes it anew)', () => {
  const definition = `${JSON.stringify(trainingPipeline(spec()), null, 2)}\n`;
  if (process.env.ACCEPT === '1') writeFileSync(golden, definition);

  expect(existsSync(golden)).toBe(true);
  expect(definition).toBe(readFileSync(golden, 'utf8'));
});

test('the definition passes the documented rules', () => {
  expect(validateDefinition(trainingPipeline(spec()))).toEqual([]);
});

test('every job is isolated from the network and encrypted between its hosts', () => {
  const jobs = trainingPipeline(spec()).Steps.filter((step) =>
    ['Processing', 'Training'].includes(step.Type),
  );

  expect(jobs).toHaveLength(4);
  for (const { Arguments } of jobs) {
    const network = (Arguments.NetworkConfig ?? Arguments) as Record<string, unknown>;
    expect(network).toMatchObject({
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: {
        Subnets: ['subnet-1', 'subnet-2'],
        SecurityGroupIds: ['sg-1'],
      },
    });
  }
});

test('a volume has the key on ml.m5 and none on ml.g5, whose local drives take none', () => {
  const key = (instance: string) =>
    JSON.stringify(
      trainingPipeline(spec({ train: { instance, maxHours: 1, spot: false } })).Steps[1],
    ).includes('VolumeKmsKeyId');

  expect(key('ml.m5.xlarge')).toBe(true);
  expect(key('ml.g5.2xlarge')).toBe(false);
});

test('a training on spare capacity may wait as long as it may run, and keeps its checkpoints by execution', () => {
  const spot = spec({ train: { instance: 'ml.g5.2xlarge', maxHours: 4, spot: true } });

  expect(validateDefinition(trainingPipeline(spot))).toEqual([]);
  expect(trainingPipeline(spot).Steps[1]?.Arguments).toMatchObject({
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 4 * 3600, MaxWaitTimeInSeconds: 8 * 3600 },
    CheckpointConfig: {
      S3Uri: {
        'Std:Join': {
          On: '/',
          Values: [
            's3://mails-dev-artifacts-111122223333-eu-west-1/checkpoints',
            { Get: 'Execution.PipelineExecutionId' },
            '',
          ],
        },
      },
      LocalPath: '/opt/ml/checkpoints',
    },
  });
  expect(trainingPipeline(spec()).Steps[1]?.Arguments).not.toHaveProperty('CheckpointConfig');
});

test('spare capacity computes the same model, so it is no reason to train again', () => {
  const train = { instance: 'ml.m5.large', maxHours: 1 };
  const on = (spot: boolean) => definitionHash(spec({ train: { ...train, spot } }));

  expect(on(true)).toBe(on(false));
});

test('jobs carry the tags, since a pipeline does not hand its own down', () => {
  const [preprocess] = trainingPipeline(spec()).Steps;

  expect(preprocess?.Arguments.Tags).toEqual([{ Key: 'project', Value: 'mails' }]);
});

const WEIGHTS = 'ab'.repeat(32);
const held = { image: '000011112222.dkr.ecr.eu-west-1.amazonaws.com/mails:embedding-0123456789abcdef' };
const transformer = { instance: 'ml.g5.2xlarge', maxHours: 1, spot: true, weights: WEIGHTS };

/** What a step reads, by name. */
function inputsOf(changed: Partial<TrainingPipelineSpec>, name: string): Record<string, unknown> {
  const step = trainingPipeline(spec(changed)).Steps.find(({ Name }) => Name === name);
  const inputs = (step?.Arguments.ProcessingInputs ??
    step?.Arguments.InputDataConfig ??
    []) as ReadonlyArray<{
    readonly InputName?: string;
    readonly ChannelName?: string;
    readonly S3Input?: { readonly S3Uri: unknown };
    readonly DataSource?: { readonly S3DataSource: { readonly S3Uri: unknown } };
  }>;
  return Object.fromEntries(
    inputs.map(({ InputName, ChannelName, S3Input, DataSource }) => [
      InputName ?? ChannelName,
      S3Input?.S3Uri ?? DataSource?.S3DataSource.S3Uri,
    ]),
  );
}

test('a learner that is held against a cheaper one is compared with it on the same rows', () => {
  const cheaper = { ...held, weights: WEIGHTS };
  const definition = trainingPipeline(spec({ cheaper, train: transformer }));

  expect(validateDefinition(definition)).toEqual([]);
  expect(definition.Steps.map(({ Name }) => Name)).toContain('FitCheaper');
  expect(Object.keys(inputsOf({ cheaper }, 'FitCheaper'))).toEqual(['code', 'train', 'test', 'weights']);
  expect(Object.keys(inputsOf({ cheaper: held }, 'FitCheaper'))).toEqual(['code', 'train', 'test']);
  expect(Object.keys(inputsOf({ cheaper }, 'Evaluate'))).toContain('cheaper');
});

test('a learner that is held against none leaves the step out, and its input with it', () => {
  expect(trainingPipeline(spec()).Steps.map(({ Name }) => Name)).not.toContain('FitCheaper');
  expect(Object.keys(inputsOf({}, 'Evaluate'))).toEqual(['code', 'model', 'test', 'champion', 'report']);
});

test('weights are a channel by their hash, and only of learners that start from some', () => {
  expect(inputsOf({ train: transformer }, 'Train').weights).toBe(
    `s3://mails-dev-artifacts-111122223333-eu-west-1/weights/${WEIGHTS}/`,
  );
  expect(inputsOf({}, 'Train')).not.toHaveProperty('weights');
});

test('other weights are a reason to train again, another cheaper learner is not', () => {
  const first = definitionHash(spec({ train: transformer }));

  expect(definitionHash(spec({ train: { ...transformer, weights: 'cd'.repeat(32) } }))).not.toBe(first);
  expect(definitionHash(spec({ train: transformer, cheaper: held }))).toBe(first);
});

test('preprocessing is told when the run started, so that it can say what is late', () => {
  const [preprocess] = trainingPipeline(spec()).Steps;

  expect(preprocess?.Arguments.Environment).toEqual({
    STARTED_AT: { 'Std:Join': { On: '', Values: [{ Get: 'Execution.StartDateTime' }] } },
  });
});

test('a package says where its report lies', () => {
  const gate = trainingPipeline(spec()).Steps.at(-1)?.Arguments ?? {};
  const [register] = gate.IfSteps as ReadonlyArray<{ Arguments: Record<string, unknown> }>;

  expect(register?.Arguments.CustomerMetadataProperties).toMatchObject({
    report: {
      'Std:Join': {
        On: '',
        Values: [
          { Get: "Steps.Evaluate.ProcessingOutputConfig.Outputs['evaluation'].S3Output.S3Uri" },
          'report.html',
        ],
      },
    },
  });
});

test('another training image is a reason to train again, another subnet is not', () => {
  expect(definitionHash(spec({ trainImage: 'other' }))).not.toBe(definitionHash(spec()));
  expect(definitionHash(spec({ subnetIds: ['subnet-8', 'subnet-9'] }))).toBe(definitionHash(spec()));
});

/** A spec of a project that is held against nothing and starts from nothing. */
function spec(changed: Partial<TrainingPipelineSpec> = {}): TrainingPipelineSpec {
  return {
    project: 'mails',
    environment: 'dev',
    artifactsBucket: 'mails-dev-artifacts-111122223333-eu-west-1',
    modelPackageGroup: 'mails-dev',
    trainImage: '000011112222.dkr.ecr.eu-west-1.amazonaws.com/mails:linear-0123456789abcdef',
    serveImage: '000011112222.dkr.ecr.eu-west-1.amazonaws.com/mails:linear-0123456789abcdef',
    processImage: '000011112222.dkr.ecr.eu-west-1.amazonaws.com/mails:linear-0123456789abcdef',
    jobRoleArn: 'arn:aws:iam::111122223333:role/mails-dev-job',
    keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
    subnetIds: ['subnet-1', 'subnet-2'],
    securityGroupIds: ['sg-1'],
    train: { instance: 'ml.m5.xlarge', maxHours: 4, spot: false },
    process: { instance: 'ml.m5.xlarge' },
    serve: { instance: 'ml.m5.large' },
    tags: { project: 'mails' },
    ...changed,
  };
}
