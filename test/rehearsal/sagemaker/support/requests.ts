import { IMAGE, ROLE } from './bench';

const RESOURCES = { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 } };

const input = (name: string, uri: string, type = 'S3Prefix') => ({
  InputName: name,
  S3Input: {
    S3Uri: uri,
    LocalPath: `/opt/ml/processing/input/${name}`,
    S3DataType: type,
    S3InputMode: 'File',
  },
});

const output = (name: string, uri: string) => ({
  OutputName: name,
  S3Output: { S3Uri: uri, LocalPath: `/opt/ml/processing/output/${name}`, S3UploadMode: 'EndOfJob' },
});

/** A processing job that runs `job.py` of the input `code`. */
export const processingJob = (name: string, change: Record<string, unknown> = {}) => ({
  ProcessingJobName: name,
  RoleArn: ROLE,
  ProcessingResources: RESOURCES,
  AppSpecification: {
    ImageUri: IMAGE,
    ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/job.py'],
  },
  ProcessingInputs: [input('code', `s3://artifacts/code/${name}/`), input('data', 's3://artifacts/data/')],
  ProcessingOutputConfig: { Outputs: [output('report', `s3://artifacts/out/${name}/`)] },
  NetworkConfig: { EnableNetworkIsolation: true },
  ...change,
});

/** A training job that runs `train.py` of the channel `code`. */
export const trainingJob = (name: string, change: Record<string, unknown> = {}) => ({
  TrainingJobName: name,
  RoleArn: ROLE,
  AlgorithmSpecification: {
    TrainingImage: IMAGE,
    TrainingInputMode: 'File',
    ContainerEntrypoint: ['python3', '/opt/ml/input/data/code/train.py'],
    ContainerArguments: ['--out', '/opt/ml/model'],
  },
  HyperParameters: { depth: '3' },
  InputDataConfig: ['code', 'train'].map((channel) => ({
    ChannelName: channel,
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix',
        S3Uri: channel === 'code' ? `s3://artifacts/code/${name}/` : 's3://artifacts/data/',
      },
    },
  })),
  OutputDataConfig: { S3OutputPath: 's3://artifacts/models' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
  EnableNetworkIsolation: true,
  ...change,
});

/** A model package of a group, pending. */
export const modelPackage = (group: string, change: Record<string, unknown> = {}) => ({
  ModelPackageGroupName: group,
  ModelApprovalStatus: 'PendingManualApproval',
  InferenceSpecification: {
    Containers: [{ Image: IMAGE, ModelDataUrl: 's3://artifacts/models/first/output/model.tar.gz' }],
    SupportedContentTypes: ['application/json'],
    SupportedResponseMIMETypes: ['application/json'],
  },
  ...change,
});
