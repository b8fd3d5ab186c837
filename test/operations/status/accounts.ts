import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  ListModelPackagesCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { loadConfig } from '../../../lib/config/load';
import { clientsOf } from '../../../operations/status/clients';
import { type Subject, subjectOf } from '../../../operations/status/subject';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

/** What AWS answers, replaced call by call. */
export const mocks = {
  sagemaker: mockClient(SageMakerClient),
  dynamodb: mockClient(DynamoDBDocumentClient),
  cloudwatch: mockClient(CloudWatchClient),
  states: mockClient(SFNClient),
  s3: mockClient(S3Client),
};

export const NOW = new Date('2026-11-21T12:00:00Z');
export const GROUP = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/mail-dev';
export const clients = clientsOf({ config: { region: 'eu-west-1' } });

/** Project `mail` in dev, whose models a person approves. */
export function mailInDev(): Subject {
  const { folder, remove } = temporaryProjects();
  const { platform, projects } = loadConfig({ projects: folder, templates: TEMPLATES });
  remove();
  const [project] = projects;
  if (!project) throw new Error('the fixture holds no project');
  return subjectOf(platform, project, 'dev');
}

/** An account in which everything is deployed and nothing has happened. */
export function deployed(): void {
  for (const mock of Object.values(mocks)) mock.reset();
  mocks.dynamodb.on(GetCommand).resolves({});
  mocks.sagemaker
    .on(ListPipelineExecutionsCommand)
    .resolves({ PipelineExecutionSummaries: [] })
    .on(ListPipelineExecutionStepsCommand)
    .resolves({ PipelineExecutionSteps: [] })
    .on(ListModelPackagesCommand)
    .resolves({ ModelPackageSummaryList: [] })
    .on(DescribeEndpointCommand)
    .rejects(named('ValidationException', 'Could not find endpoint "mail-dev".'));
  mocks.cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] });
  mocks.states.on(ListExecutionsCommand).resolves({ executions: [] });
}

/** A registered version; pending unless told otherwise. */
export function registered(version: number, change: Partial<DescribeModelPackageCommandOutput> = {}): void {
  mocks.sagemaker.on(DescribeModelPackageCommand, { ModelPackageName: `${GROUP}/${version}` }).resolves({
    ModelPackageVersion: version,
    ModelPackageArn: `${GROUP}/${version}`,
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageDescription: 'passed: macro_f1 of topic 0.9100 reaches 0.85',
    CreationTime: new Date('2026-11-21T10:00:00Z'),
    CustomerMetadataProperties: {
      execution: 'abcdefghijkl',
      commit: 'abc1234def',
      author: 'jane@example.com',
      champion: 'none',
    },
    ...change,
  });
}

/** Versions that wait, the newest first. */
export function waiting(...versions: number[]): void {
  mocks.sagemaker.on(ListModelPackagesCommand).resolves({
    ModelPackageSummaryList: versions.map((version) => ({
      ModelPackageArn: `${GROUP}/${version}`,
      ModelPackageGroupName: 'mail-dev',
      ModelPackageStatus: 'Completed' as const,
      CreationTime: NOW,
    })),
  });
}

/** The release record. */
export function released(version: number, desired = version): void {
  const target = (of: number) => ({
    version: of,
    packageArn: `${GROUP}/${of}`,
    config: `mail-dev-v${of}-aaaaaaaa`,
  });
  mocks.dynamodb
    .on(GetCommand, { Key: { pk: 'release' } })
    .resolves({ Item: { seen: desired, current: target(version), desired: target(desired) } });
}

export const named = (name: string, message: string): Error =>
  Object.assign(new Error(message), { name, $metadata: {} });
