import type {
  CreateProcessingJobCommandInput,
  ProcessingInput,
  ProcessingInstanceType,
} from '@aws-sdk/client-sagemaker';
import { hasLocalStorage } from '../../pipelines/instance-storage';
import type { StartMonitoringEnv } from './contract';
import type { ReleasedPackage } from './released-package';

/** Inputs whose objects are named one by one: an isolated job cannot list, and an empty prefix fails it. */
export const LISTED_INPUTS = ['capture', 'context', 'feedback'] as const;
export type ListedInput = (typeof LISTED_INPUTS)[number];

const INPUT = '/opt/ml/processing/input';
const OUTPUT = '/opt/ml/processing/output';

/** A run over thousands of captured lines takes seconds; an hour is a job that hangs. */
const MAX_SECONDS = 3_600;
/** The smallest volume would do: captured text of one run is megabytes. */
const VOLUME_GB = 30;

/** The request that starts a monitoring job on the image and the code of the released package. */
export function monitoringJob(
  settings: StartMonitoringEnv,
  job: string,
  released: ReleasedPackage,
): CreateProcessingJobCommandInput {
  const artifacts = `s3://${settings.ARTIFACTS_BUCKET}`;
  return {
    ProcessingJobName: job,
    RoleArn: settings.JOB_ROLE_ARN,
    AppSpecification: {
      ImageUri: released.image,
      ContainerEntrypoint: ['python3', `${INPUT}/code/monitor.py`],
    },
    ProcessingInputs: [
      input('code', `${artifacts}/code/${released.codeHash}/`, 'S3Prefix'),
      input('baseline', released.baseline, 'S3Prefix'),
      ...LISTED_INPUTS.map((name) => input(name, `${artifacts}/${manifestKey(job, name)}`, 'ManifestFile')),
    ],
    ProcessingOutputConfig: {
      KmsKeyId: settings.KEY_ARN,
      Outputs: [
        output('report', `${artifacts}/monitor/${job}/report/`),
        output('labelled', `s3://${settings.RECORDS_BUCKET}/labelled/${job}/`),
      ],
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: settings.INSTANCE_TYPE as ProcessingInstanceType,
        VolumeSizeInGB: VOLUME_GB,
        ...(hasLocalStorage(settings.INSTANCE_TYPE) ? {} : { VolumeKmsKeyId: settings.KEY_ARN }),
      },
    },
    NetworkConfig: {
      EnableNetworkIsolation: true,
      VpcConfig: {
        Subnets: settings.SUBNET_IDS.split(','),
        SecurityGroupIds: settings.SECURITY_GROUP_IDS.split(','),
      },
    },
    StoppingCondition: { MaxRuntimeInSeconds: MAX_SECONDS },
    Tags: Object.entries<string>(JSON.parse(settings.TAGS)).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Key, in the artifacts bucket, of the list of an input's objects. */
export function manifestKey(job: string, name: ListedInput): string {
  return `monitor/${job}/${name}.manifest`;
}

function input(name: string, uri: string, type: 'S3Prefix' | 'ManifestFile'): ProcessingInput {
  return {
    InputName: name,
    S3Input: { S3Uri: uri, LocalPath: `${INPUT}/${name}`, S3DataType: type, S3InputMode: 'File' },
  };
}

function output(name: string, uri: string) {
  return {
    OutputName: name,
    S3Output: { S3Uri: uri, LocalPath: `${OUTPUT}/${name}`, S3UploadMode: 'EndOfJob' as const },
  };
}
