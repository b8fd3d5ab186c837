import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { ListPipelineExecutionsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { approvalSummary, gatherEvidence } from '../../../operations/delivery/evidence';
import { fakeBuckets } from '../../lambda/start-training/fake-buckets';
import { testDelivery } from './delivery-of-a-test';

const { delivery: plain, said, projects, environment } = testDelivery();
const { objects } = fakeBuckets();
const cloudformation = mockClient(CloudFormationClient);
const sagemaker = mockClient(SageMakerClient);
const assembly = mkdtempSync(join(tmpdir(), 'mlops-evidence-'));
const delivery = { ...plain, assembly };
afterAll(() => {
  projects.remove();
  rmSync(assembly, { recursive: true });
});

const queue = (name: string) => ({
  Resources: { [name]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: name } } },
});

/** An assembly of stacks that carry tags, as CDK writes it. */
function synthesized(stacks: Readonly<Record<string, { project: string; environment?: string }>>) {
  mkdirSync(assembly, { recursive: true });
  const artifacts = Object.fromEntries(
    Object.entries(stacks).map(([name, { project, environment: where }]) => {
      writeFileSync(join(assembly, `${name}.json`), JSON.stringify(queue('New')));
      const tags = { 'mlops:project': project, ...(where && { 'mlops:environment': where }) };
      return [
        name,
        {
          type: 'aws:cloudformation:stack',
          environment: 'aws://444455556666/eu-west-1',
          properties: { templateFile: `${name}.json`, stackName: name, tags },
        },
      ];
    }),
  );
  writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ artifacts }));
}

const evaluations = {
  s3: new S3Client({ region: 'eu-west-1' }),
  sagemaker: new SageMakerClient({ region: 'eu-west-1' }),
};
const clients = { cloudformation: new CloudFormationClient({ region: 'eu-west-1' }), here: evaluations };
const before = () => ({ environment: environment('dev'), clients: evaluations });

beforeEach(() => {
  objects.clear();
  cloudformation.reset();
  sagemaker.reset();
  synthesized({
    'mail-prod-serving': { project: 'mail', environment: 'prod' },
    'mail-dev-serving': { project: 'mail', environment: 'dev' },
    'mail-delivery': { project: 'mail' },
  });
  sagemaker.on(ListPipelineExecutionsCommand).resolves({ PipelineExecutionSummaries: [] });
  cloudformation.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify(queue('Old')) });
});

test('what is deployed in the environment is compared with what the commit makes of it', async () => {
  const { templates } = await gatherEvidence(delivery, environment('prod'), clients, undefined);

  expect(cloudformation.commandCalls(GetTemplateCommand).map(({ args }) => args[0].input.StackName)).toEqual([
    'mail-prod-serving',
  ]);
  expect(templates.resources.map(({ logicalId, impact }) => [logicalId, impact]).sort()).toEqual([
    ['New', 'added'],
    ['Old', 'removed'],
  ]);
});

test('a first deployment says that nothing is there yet', async () => {
  cloudformation
    .on(GetTemplateCommand)
    .rejects(
      Object.assign(new Error('Stack with id mail-prod-serving does not exist'), { name: 'ValidationError' }),
    );

  const evidence = await gatherEvidence(delivery, environment('prod'), clients, undefined);

  expect(evidence.notes).toContain('mail is not deployed in prod yet');
  expect(evidence.templates.resources.map(({ impact }) => impact)).toEqual(['added']);
});

test('a stack that may not be read is no stack that is not there', async () => {
  cloudformation
    .on(GetTemplateCommand)
    .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

  await expect(gatherEvidence(delivery, environment('prod'), clients, undefined)).rejects.toThrow(
    'not authorized',
  );
});

test('how the model did in the environment before stands beside it, with the gate’s sentence', async () => {
  const arn = (where: string) =>
    `arn:aws:sagemaker:eu-west-1:1:pipeline/mail-${where}/execution/run-${where}`;
  for (const where of ['dev', 'prod']) {
    sagemaker.on(ListPipelineExecutionsCommand, { PipelineName: `mail-${where}` }).resolves({
      PipelineExecutionSummaries: [
        { PipelineExecutionArn: arn(where), PipelineExecutionStatus: 'Succeeded' },
      ],
    });
  }
  const evaluation = (macro_f1: number) =>
    JSON.stringify({
      gate: { passed: true, sentence: 'passed: all bounds' },
      rows: 9,
      metrics: { topic: { macro_f1 } },
    });
  objects.set(
    'mail-dev-artifacts-111122223333-eu-west-1/runs/run-dev/evaluation/evaluation.json',
    evaluation(0.9),
  );
  objects.set(
    'mail-prod-artifacts-444455556666-eu-west-1/runs/run-prod/evaluation/evaluation.json',
    evaluation(0.8),
  );

  const evidence = await gatherEvidence(delivery, environment('prod'), clients, before());

  expect(evidence.metrics).toContainEqual(
    expect.objectContaining({ target: 'topic', metric: 'macro_f1', before: 0.8, after: 0.9 }),
  );
  expect(evidence.notes.join(' ')).toContain('passed: all bounds');
});

test('the summary is one line that fits beside an approval, with the facts and the gate before the warnings', async () => {
  cloudformation
    .on(GetTemplateCommand)
    .rejects(Object.assign(new Error('Stack with id x does not exist'), { name: 'ValidationError' }));

  const summary = approvalSummary(await gatherEvidence(delivery, environment('prod'), clients, before()));

  expect(summary).toMatch(/^Resources: 1 added · IAM: .* · mail is not deployed in prod yet/);
  expect(summary).not.toContain('\n');
  expect(summary.length).toBeLessThanOrEqual(600);
});

test('the log begins with the commit and its author', async () => {
  said.length = 0;

  await gatherEvidence(delivery, environment('prod'), clients, undefined);

  expect(said[0]).toBe('mail for prod: commit 0123456789abcdef0123456789abcdef01234567 by jane@example.com');
});
