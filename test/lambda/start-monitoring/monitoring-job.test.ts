import { monitoringJob } from '../../../lambda/start-monitoring/monitoring-job';
import { settings } from './settings';

const released = { image: 'image:1', codeHash: 'c0de', baseline: 's3://artifacts/runs/x/baseline/' };
const job = 'tickets-dev-monitor-20261121110000-a1b2c3';

test("a job runs the released package's code on its image, against its baseline", () => {
  const request = monitoringJob(settings, job, released);

  expect(request.AppSpecification).toEqual({
    ImageUri: 'image:1',
    ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/monitor.py'],
  });
  expect(inputs(request)).toEqual([
    ['code', 's3://artifacts/code/c0de/', 'S3Prefix', '/opt/ml/processing/input/code'],
    ['baseline', 's3://artifacts/runs/x/baseline/', 'S3Prefix', '/opt/ml/processing/input/baseline'],
    [
      'capture',
      `s3://artifacts/monitor/${job}/capture.manifest`,
      'ManifestFile',
      '/opt/ml/processing/input/capture',
    ],
    [
      'context',
      `s3://artifacts/monitor/${job}/context.manifest`,
      'ManifestFile',
      '/opt/ml/processing/input/context',
    ],
    [
      'feedback',
      `s3://artifacts/monitor/${job}/feedback.manifest`,
      'ManifestFile',
      '/opt/ml/processing/input/feedback',
    ],
  ]);
});

test('a job leaves its report with the artifacts and labelled rows with the records, encrypted', () => {
  expect(monitoringJob(settings, job, released).ProcessingOutputConfig).toMatchObject({
    KmsKeyId: 'key',
    Outputs: [
      {
        S3Output: {
          S3Uri: `s3://artifacts/monitor/${job}/report/`,
          LocalPath: '/opt/ml/processing/output/report',
        },
      },
      {
        S3Output: { S3Uri: `s3://records/labelled/${job}/`, LocalPath: '/opt/ml/processing/output/labelled' },
      },
    ],
  });
});

test('a job is isolated, in the private subnets, bounded, tagged, and has no environment', () => {
  const request = monitoringJob(settings, job, released);

  expect(request.NetworkConfig).toEqual({
    EnableNetworkIsolation: true,
    VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
  });
  expect(request.StoppingCondition?.MaxRuntimeInSeconds).toBe(3_600);
  expect(request.Tags).toEqual([{ Key: 'mlops:project', Value: 'tickets' }]);
  expect(request.Environment).toBeUndefined();
});

test.each([
  ...[
    'ml.g4dn.xlarge',
    'ml.g5.2xlarge',
    'ml.g6.xlarge',
    'ml.g6e.xlarge',
    'ml.g7e.2xlarge',
    'ml.p4d.24xlarge',
  ],
  ...[
    'ml.p4de.24xlarge',
    'ml.p5.48xlarge',
    'ml.p5en.48xlarge',
    'ml.m5d.large',
    'ml.r5dn.large',
    'ml.c6gd.large',
  ],
])('%s, which has disks of its own, is given no key', (instance) => {
  expect(cluster(instance)).not.toHaveProperty('VolumeKmsKeyId');
});

function cluster(instance: string) {
  return monitoringJob({ ...settings, INSTANCE_TYPE: instance }, job, released).ProcessingResources
    ?.ClusterConfig;
}

function inputs({ ProcessingInputs = [] }: ReturnType<typeof monitoringJob>) {
  return ProcessingInputs.map(({ InputName, S3Input }) => [
    InputName,
    S3Input?.S3Uri,
    S3Input?.S3DataType,
    S3Input?.LocalPath,
  ]);
}
