import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, DeleteBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { outcomeOf } from '../../../rehearsal/delivery/outcome';
import type { Execution } from '../../../rehearsal/delivery/pipeline/execution';
import { Belongings } from '../../../rehearsal/processes/belongings';
import { PLATFORM_YAML, temporaryProjects } from '../../fixtures/project';
import { actionsOf, type DeployedDelivery, merge, openDeliveryStage, retry } from './delivery-stage';
import { Mailbox } from './mailbox';

jest.setTimeout(150_000);
const projects = temporaryProjects();
const belongings = new Belongings();
let delivery: DeployedDelivery;
let mailbox: Mailbox;

beforeAll(async () => {
  // In dev a model is approved by policy, in prod a person is asked before stacks and before models.
  projects.write(
    'platform.yaml',
    PLATFORM_YAML.replace(
      'eu-west-1b] } }\n  prod',
      'eu-west-1b] }, approval: { model: auto } }\n  prod',
    ).replace(
      'eu-west-1b] } }\nalerts',
      'eu-west-1b] }, approval: { stacks: person, model: person } }\nalerts',
    ),
  );
  delivery = await openDeliveryStage(projects, belongings);
  const { emulator } = delivery.stage.delivery;
  mailbox = await Mailbox.of(
    `arn:aws:sns:${emulator.region}:${emulator.account}:mail-delivery-owner`,
    emulator.account,
    { aws: emulator.endpoint, sagemaker: '', caBundle: emulator.caBundle },
  );
});
afterAll(async () => {
  await belongings.release();
  projects.remove();
});

const left = { Bucket: 'mail-prod-artifacts-444455556666-eu-west-1' };
const s3Of = (environment: string) =>
  new S3Client({ ...delivery.stage.servicesOf(environment).emulator.client, forcePathStyle: true });
const outcome = (name: string) => {
  const place = delivery.settings.environments.find((each) => each.name === name);
  if (!place) throw new Error(`there is no ${name}`);
  return outcomeOf(place, delivery.stage.servicesOf(name));
};

describe('a first merge, to which everything happens', () => {
  let run: Execution;

  test('stops where a resource cannot be created, and tells the owner with the end of the log', async () => {
    const { bridge } = delivery.stage.servicesOf('dev');
    bridge.failOnce('AWS::SageMaker::Pipeline', 'the service is out of breath');
    bridge.failOnce('AWS::SageMaker::ModelPackageGroup', 'the service is out of breath, too');
    run = await merge(delivery, delivery.stage.revision);
    expect(run.status).toBe('Failed');
    expect(actionsOf(run)).toEqual([
      'Source/Source Succeeded',
      'Update/Update Succeeded',
      'Check/Check Succeeded',
      'Image/Image Succeeded',
      'Dev/Deploy Failed',
    ]);
    const { body } = await mailbox.mail('Deploy failed in Dev');
    expect(body).toContain('the service is out of breath');
    expect(body).toContain('the stacks of mail in dev were not deployed');
  });

  test('what was deployed stays meanwhile, and what a failed stack had made is gone', async () => {
    const cloudFormation = new CloudFormationClient(delivery.stage.servicesOf('dev').emulator.client);
    const { Stacks: [serving] = [] } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: 'mail-dev-serving' }),
    );
    expect(serving?.StackStatus).toBe('CREATE_COMPLETE');
    const bucket = { Bucket: 'mail-dev-artifacts-111122223333-eu-west-1' };
    await expect(s3Of('dev').send(new HeadBucketCommand(bucket))).rejects.toThrow(/NotFound|404|Unknown/);
  });

  // In AWS the deployment takes such a bucket in (--import-existing-resources), which the emulator does not.
  test('the same again heals it; then a bucket that is left in prod stops it, and the owner is told how to go on', async () => {
    await s3Of('prod').send(new CreateBucketCommand(left));
    run = await retry(delivery, run);
    expect(actionsOf(run).slice(5)).toEqual([
      'Dev/Deploy Succeeded',
      'Dev/Train Succeeded',
      'ProdApproval/Evidence Succeeded',
      'ProdApproval/Approval Succeeded',
      'Prod/Deploy Failed',
    ]);
    const { body } = await mailbox.mail('Deploy failed in Prod');
    expect(body).toContain('mail-prod-storage failed to deploy');
    expect(body).toContain(
      'aws codepipeline retry-stage-execution --pipeline-name mail-delivery --stage-name Prod',
    );
  });

  test('goes to the end once the bucket is gone', async () => {
    await s3Of('prod').send(new DeleteBucketCommand(left));
    run = await retry(delivery, run);
    expect(run.status).toBe('Succeeded');
    expect(actionsOf(run).slice(10)).toEqual(['Prod/Deploy Succeeded', 'Prod/Train Succeeded']);
  });

  test('has released in dev, where policy approves, and waits for a person in prod', async () => {
    const [dev, prod] = [await outcome('dev'), await outcome('prod')];
    expect(dev).toMatchObject({ endpoint: 'InService', models: [{ version: 1, approval: 'Approved' }] });
    expect(prod).toMatchObject({
      endpoint: undefined,
      models: [{ version: 1, approval: 'PendingManualApproval', gate: expect.stringContaining('passed: ') }],
    });
  });

  test('no role needed what it lacks, and every event arrived', async () => {
    const { watched } = delivery.stage;
    expect([...watched.denials(), ...watched.undelivered()]).toEqual([]);
    expect(await watched.refusedCalls(new Date(0))).toEqual([]);
  });
});

describe('two merges at once', () => {
  test('the second waits for the first before each stage, and both end right', async () => {
    const { revision } = delivery.stage;
    const folder = `${revision.folder}-second`;
    cpSync(revision.folder, folder, { recursive: true });
    appendFileSync(join(folder, 'projects', 'mail', 'train.py'), '\n# Nothing but Python has changed.\n');
    const runs = await Promise.all([
      merge(delivery, revision),
      merge(delivery, { ...revision, folder, commit: revision.commit.replace(/^./, '0'), message: 'second' }),
    ]);
    expect(runs.map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
    const [first, second] = runs;
    for (const { stage, updated } of first?.actions ?? []) {
      const begun = second?.actions.find((each) => each.stage === stage)?.started;
      expect(begun?.getTime()).toBeGreaterThanOrEqual(updated.getTime());
    }
    // The first changed nothing; the second is new Python and a new model.
    const { models } = await outcome('dev');
    expect(models.map(({ version }) => version).sort()).toEqual([1, 2]);
  });
});

describe('an environment without the roles that its platform makes', () => {
  beforeAll(async () => {
    const iam = new IAMClient(delivery.stage.servicesOf('prod').emulator.client);
    for (const RoleName of ['mlops-prod-delivery', 'mlops-prod-review']) {
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames)
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    }
  });

  test('stops what would read there with the command that makes them, and tells the owner', async () => {
    const run = await merge(delivery, delivery.stage.revision);
    expect(actionsOf(run).at(-1)).toBe('ProdApproval/Evidence Failed');
    const { body } = await mailbox.mail('Evidence failed in ProdApproval');
    expect(body).toContain('role/mlops-prod-review is not there');
    expect(body).toContain('npx cdk deploy prod-platform');
  });
});

describe('a merge that changes the pipeline', () => {
  test('updates it first, and runs once more as it was asked for: nobody approves stacks', async () => {
    const { stage, settings } = delivery;
    const folder = `${stage.revision.folder}-without-approval`;
    cpSync(stage.revision.folder, folder, { recursive: true });
    const platform = join(folder, 'projects', 'platform.yaml');
    writeFileSync(platform, readFileSync(platform, 'utf8').replace('stacks: person', 'stacks: none'));
    const run = await merge(delivery, { ...stage.revision, folder });
    expect(run.status).toBe('Cancelled');
    expect(actionsOf(run)).toEqual(['Source/Source Succeeded', 'Update/Update Succeeded']);
    await stage.pipelines.idle();
    const again = stage.pipelines.executions(settings.pipeline).at(-1);
    expect(again?.definition.version).toBe(2);
    expect(again?.actions.map(({ stage: name }) => name)).toEqual([
      'Source',
      'Update',
      'Check',
      'Image',
      'Dev',
      'Dev',
      // Prod still lacks its role.
      'Prod',
    ]);
  });
});
