import { weightsPrefix } from '../base-models';
import { hasLocalStorage } from '../instance-storage';
import { get, join, type Step, type Value } from './language';
import type { TrainingPipelineSpec } from './spec';

/** An S3 location that a job reads; a folder unless it is a manifest, which lists keys one by one. */
interface Input {
  readonly name: string;
  readonly uri: Value;
  readonly type?: 'S3Prefix' | 'ManifestFile';
}

/** Capacity and service faults pass by themselves; a quota that is used up may be free hours later. */
const RETRY_POLICIES = [
  {
    ExceptionType: ['Step.SERVICE_FAULT', 'Step.THROTTLING'],
    IntervalSeconds: 10,
    BackoffRate: 2,
    MaxAttempts: 5,
  },
  {
    ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR'],
    IntervalSeconds: 300,
    BackoffRate: 1.5,
    MaxAttempts: 10,
  },
  { ExceptionType: ['SageMaker.RESOURCE_LIMIT'], IntervalSeconds: 600, BackoffRate: 1, ExpireAfterMin: 720 },
];

const VOLUME_GB = 30;
const PROCESSING_HOURS = 2;

/** What CloudWatch draws of a training: a learner reports its loss as `loss=0.31` in its log. */
const METRICS = [{ Name: 'loss', Regex: 'loss=([0-9.eE+-]+)' }];

/** Where this execution's outputs go; a job's prefix ends with a slash, or `train` would also match `train-old/`. */
const runPrefix = (spec: TrainingPipelineSpec, folder: string): Value =>
  join('/', `s3://${spec.artifactsBucket}/runs`, get('Execution.PipelineExecutionId'), folder, '');

/** A Processing step that runs one file of the code bundle; the bundle is its first input. */
export function processing(
  spec: TrainingPipelineSpec,
  step: {
    readonly name: string;
    readonly image: Value;
    readonly file: string;
    readonly inputs: readonly Input[];
    readonly outputs: readonly string[];
    readonly environment?: Readonly<Record<string, Value>>;
    readonly propertyFile?: { readonly name: string; readonly output: string; readonly path: string };
  },
): Step {
  return {
    Name: step.name,
    Type: 'Processing',
    RetryPolicies: RETRY_POLICIES,
    Arguments: {
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: spec.process.instance,
          InstanceCount: 1,
          VolumeSizeInGB: VOLUME_GB,
          ...volumeKey(spec, spec.process.instance),
        },
      },
      AppSpecification: {
        ImageUri: step.image,
        ContainerEntrypoint: ['python3', `/opt/ml/processing/input/code/${step.file}`],
      },
      RoleArn: spec.jobRoleArn,
      ...(step.environment && { Environment: step.environment }),
      ProcessingInputs: [code(), ...step.inputs].map((input) => ({
        InputName: input.name,
        AppManaged: false,
        S3Input: {
          S3Uri: input.uri,
          LocalPath: `/opt/ml/processing/input/${input.name}`,
          S3DataType: input.type ?? 'S3Prefix',
          S3InputMode: 'File',
          S3DataDistributionType: 'FullyReplicated',
        },
      })),
      ProcessingOutputConfig: {
        KmsKeyId: spec.keyArn,
        Outputs: step.outputs.map((output) => ({
          OutputName: output,
          AppManaged: false,
          S3Output: {
            S3Uri: runPrefix(spec, output),
            LocalPath: `/opt/ml/processing/output/${output}`,
            S3UploadMode: 'EndOfJob',
          },
        })),
      },
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: vpc(spec),
      },
      StoppingCondition: { MaxRuntimeInSeconds: PROCESSING_HOURS * 3600 },
      Tags: tags(spec),
    },
    ...(step.propertyFile && {
      PropertyFiles: [
        {
          PropertyFileName: step.propertyFile.name,
          OutputName: step.propertyFile.output,
          FilePath: step.propertyFile.path,
        },
      ],
    }),
  };
}

/** The Training step: `train.py` of the code bundle over the given channels. */
export function training(
  spec: TrainingPipelineSpec,
  step: { readonly name: string; readonly inputs: readonly Input[] },
): Step {
  return {
    Name: step.name,
    Type: 'Training',
    RetryPolicies: RETRY_POLICIES,
    Arguments: {
      AlgorithmSpecification: {
        TrainingImage: spec.trainImage,
        TrainingInputMode: 'File',
        ContainerEntrypoint: ['python3', '/opt/ml/input/data/code/train.py'],
        MetricDefinitions: METRICS,
      },
      RoleArn: spec.jobRoleArn,
      InputDataConfig: [code(), ...step.inputs].map((input) => ({
        ChannelName: input.name,
        DataSource: {
          S3DataSource: {
            S3Uri: input.uri,
            S3DataType: input.type ?? 'S3Prefix',
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      })),
      OutputDataConfig: { S3OutputPath: `s3://${spec.artifactsBucket}/models`, KmsKeyId: spec.keyArn },
      ResourceConfig: {
        InstanceType: spec.train.instance,
        InstanceCount: 1,
        VolumeSizeInGB: VOLUME_GB,
        ...volumeKey(spec, spec.train.instance),
      },
      ...lifetime(spec),
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: vpc(spec),
      Tags: tags(spec),
    },
  };
}

/** How long spare capacity may be waited for, as a multiple of the time a training may run. */
const SPOT_PATIENCE = 1;

/**
 * How long a training may run and, on spare capacity, wait. AWS counts both together and wants at least the time to run;
 * a run may so be away as long as it works. After an interruption the learner finds its checkpoints in the folder where
 * it left them; one that leaves none just starts again.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html
 */
function lifetime(spec: TrainingPipelineSpec) {
  const MaxRuntimeInSeconds = Math.round(spec.train.maxHours * 3600);
  if (!spec.train.spot) return { StoppingCondition: { MaxRuntimeInSeconds } };
  return {
    EnableManagedSpotTraining: true,
    StoppingCondition: {
      MaxRuntimeInSeconds,
      MaxWaitTimeInSeconds: MaxRuntimeInSeconds * (1 + SPOT_PATIENCE),
    },
    // By execution: a step that is tried again goes on, and another run never finds what is not its own.
    CheckpointConfig: {
      S3Uri: join('/', `s3://${spec.artifactsBucket}/checkpoints`, get('Execution.PipelineExecutionId'), ''),
      LocalPath: '/opt/ml/checkpoints',
    },
  };
}

/** The files of a base model, which `npm run weights` staged: a job has no network to fetch them by. */
export const weights = (spec: TrainingPipelineSpec, hash?: string): Input[] =>
  hash === undefined ? [] : [{ name: 'weights', uri: `s3://${spec.artifactsBucket}/${weightsPrefix(hash)}` }];

const code = (): Input => ({ name: 'code', uri: { Get: 'Parameters.CodeUri' } });

const volumeKey = (spec: TrainingPipelineSpec, instance: string) =>
  hasLocalStorage(instance) ? {} : { VolumeKmsKeyId: spec.keyArn };

const vpc = (spec: TrainingPipelineSpec) => ({
  SecurityGroupIds: [...spec.securityGroupIds],
  Subnets: [...spec.subnetIds],
});

/** Jobs that a pipeline starts do not inherit the pipeline's tags. */
const tags = (spec: TrainingPipelineSpec) =>
  Object.entries(spec.tags).map(([Key, Value]) => ({ Key, Value }));
