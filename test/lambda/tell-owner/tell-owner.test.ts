import { GetObjectCommand, type GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  ListPipelineExecutionStepsCommand,
  ListPipelineParametersForExecutionCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { APPROVED_BY_POLICY } from '../../../lambda/approve-model/contract';
import { type TellOwnerEvent, tellOwner } from '../../../lambda/tell-owner/tell-owner';
import { CLAIM_MS } from '../../../lambda/tell-owner/told';
import packageEvent from '../../fixtures/events/model-package-state-change.json';
import { type EmulatedTable, emulatedTable } from '../emulated-table';

const GROUP = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/mail-dev';
const EXECUTION = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/mail-dev/execution/abcdefghijkl';
const RUN = 'arn:aws:states:eu-west-1:111122223333:execution:mail-dev-release:run-1';
const sagemaker = mockClient(SageMakerClient);
const states = mockClient(SFNClient);
const s3 = mockClient(S3Client);
const sns = mockClient(SNSClient);
let emulated: EmulatedTable;
let time: number;
let approval: string;

beforeAll(async () => {
  emulated = await emulatedTable();
});
afterAll(() => emulated.stop());

let serial = 0;
/** A version of its own for each test, since the table remembers. */
let version: number;

beforeEach(async () => {
  for (const mock of [sagemaker, states, s3, sns]) mock.reset();
  jest.spyOn(console, 'log').mockImplementation(() => {});
  time = Date.parse('2026-11-21T10:00:00Z');
  approval = 'person';
  serial += 1;
  version = serial;
  await put({ pk: 'release' });
  await put({ pk: 'told#in-service' });
  described({});
  evaluated({ topic: { accuracy: 0.93, macro_f1: 0.91, calibration_error: 0.02 } });
});
afterEach(() => jest.restoreAllMocks());

describe('a model', () => {
  test('that waits is told with its metrics and the lines that decide on it', async () => {
    await inService(1);
    expect(await tell(pending())).toBe('told');
    const [{ subject, body } = { subject: '', body: '' }] = mails();
    expect(subject).toBe(`mail-dev: version ${version} waits for approval`);
    expect(body).toContain(`Version ${version} of mail in dev passed its gate and waits for a person.`);
    expect(body).toContain('The gate passed: macro_f1 of topic 0.9100 reaches 0.85');
    expect(body).toContain(
      'Compared with: version 1\nTrained for: merge, commit abc1234 by jane@example.com',
    );
    expect(body).toContain('On 540 rows held out:\n  topic  accuracy 0.9300  macro F1 0.9100');
    expect(body).toContain('Version 1 is in service.');
    expect(body).toContain(`npm run approve -- mail ${version} --environment dev\n`);
    expect(body).toContain(`npm run reject -- mail ${version} --environment dev --why "…"`);
  });

  test('that waits is told with what became of classes, what was odd about the data, and the cheaper learner', async () => {
    const compared = { difference: 0.017, interval: [0.007, 0.025], only_this: 61, only_cheaper: 35 };
    evaluated(
      { topic: { accuracy: 0.93, macro_f1: 0.91, calibration_error: 0.02 } },
      {
        cheaper: {
          learner: 'linear',
          targets: { topic: { ...compared, mcnemar_p: 0.01, detectable: 0.009 } },
        },
        classes: { topic: { new: ['chat'], removed: [], renamed: {}, merged: {}, rare: {} } },
        data: { warnings: ['2026-10 is missing'] },
      },
    );
    await tell(pending());
    expect(mails()[0]?.body).toContain('topic  +0.0170 [+0.0070, +0.0250]  right alone 61 to 35');
    expect(mails()[0]?.body).toContain('Classes:\n  topic: new chat\nThe data:\n  2026-10 is missing');
  });

  test('that was the first says that it was compared with none', async () => {
    described({ CustomerMetadataProperties: { ...METADATA, champion: 'none' } });
    await tell(pending());
    expect(mails()[0]?.body).toContain('Compared with: no model, since none was in service');
    expect(mails()[0]?.body).toContain('No version is in service.');
  });

  test('is told once, however often the event comes', async () => {
    expect(await Promise.all([tell(pending()), tell(pending()).catch(() => 'again')])).toContain('told');
    expect(await tell(pending())).toBe('told before');
    expect(mails()).toHaveLength(1);
  });

  test('that nobody need approve is no news before its release', async () => {
    approval = 'auto';
    expect(await tell(pending())).toBe('no news');
    described({ ModelApprovalStatus: 'Approved', ApprovalDescription: APPROVED_BY_POLICY });
    expect(await tell(decided('Approved'))).toBe('no news');
  });

  test('that was decided on while the event was on its way is no longer waiting', async () => {
    described({ ModelApprovalStatus: 'Rejected' });
    expect(await tell(pending())).toBe('no news');
  });

  test.each(['Approved', 'Rejected'] as const)('that was %s is told with who and why', async (status) => {
    described({ ModelApprovalStatus: status, ApprovalDescription: 'by kim@example.com: looks odd' });
    expect(await tell(decided(status))).toBe('told');
    expect(mails()[0]?.subject).toBe(`mail-dev: version ${version} was ${status.toLowerCase()}`);
    expect(mails()[0]?.body).toContain(`was ${status.toLowerCase()}: by kim@example.com: looks odd`);
  });

  test('that was decided on in the console is told with the identity', async () => {
    const Arn = 'arn:aws:sts::111122223333:assumed-role/admin/kim@example.com';
    described({ ModelApprovalStatus: 'Rejected', LastModifiedBy: { IamIdentity: { Arn } } });
    await tell(decided('Rejected'));
    expect(mails()[0]?.body).toContain(`was rejected: by ${Arn}`);
  });

  test('that changed in something else is no news', async () => {
    described({ ModelApprovalStatus: 'Approved' });
    const event = decided('Approved');
    const detail = { ...event.detail, UpdatedModelPackageFields: ['CustomerMetadataProperties'] };
    expect(await tell({ ...event, detail } as TellOwnerEvent)).toBe('no news');
  });

  test('whose metrics cannot be read is told without them', async () => {
    s3.on(GetObjectCommand).rejects(new Error('AccessDenied'));
    await tell(pending());
    expect(mails()[0]?.body).toContain('Its metrics could not be read');
  });
});

describe('a training', () => {
  test('that the gate refused is told with the sentence and the metrics', async () => {
    await inService(1);
    failed({ StepName: 'Refused', FailureReason: 'The gate refused: macro_f1 of topic 0.4 is below 0.85' });
    expect(await tell(training('Failed'))).toBe('told');
    const [mail] = mails();
    expect(mail?.subject).toBe('mail-dev: the gate refused the new model');
    expect(mail?.body).toContain('The gate refused: macro_f1 of topic 0.4 is below 0.85');
    expect(mail?.body).toContain('Trained for: drift, commit abc1234 by jane@example.com');
    expect(mail?.body).toContain('macro F1 0.9100');
    expect(mail?.body).toContain('Version 1 is in service.');
  });

  test('whose step failed is told with its reason and where its log is', async () => {
    failed({
      StepName: 'Train',
      FailureReason: 'AlgorithmError: no rows',
      Metadata: {
        TrainingJob: { Arn: 'arn:aws:sagemaker:eu-west-1:111122223333:training-job/pipelines-x-Train-y' },
      },
    });
    await tell(training('Failed'));
    expect(mails()[0]?.subject).toBe('mail-dev: the training failed');
    expect(mails()[0]?.body).toContain(
      'Step Train failed: AlgorithmError: no rows\nIts log: group /aws/sagemaker/TrainingJobs, streams that begin with pipelines-x-Train-y',
    );
  });

  test('that somebody stopped is told as stopped', async () => {
    sagemaker.on(ListPipelineExecutionStepsCommand).resolves({ PipelineExecutionSteps: [] });
    await tell(training('Stopped'));
    expect(mails()[0]?.subject).toBe('mail-dev: the training was stopped');
  });
});

describe('a release', () => {
  test('that put another version in service is told once, and again when that version comes back', async () => {
    await inService(version);
    expect(await tell(release('SUCCEEDED'))).toBe('told');
    expect(await tell(release('SUCCEEDED', 'run-2'))).toBe('told before');
    await inService(99);
    expect(await tell(release('SUCCEEDED', 'run-3'))).toBe('told');
    await inService(version);
    expect(await tell(release('SUCCEEDED', 'run-4'))).toBe('told');
    expect(mails().map(({ subject }) => subject)).toEqual([
      `mail-dev: version ${version} is in service`,
      'mail-dev: version 99 is in service',
      `mail-dev: version ${version} is in service`,
    ]);
  });

  test('that found nothing to do before the first release is no news', async () => {
    expect(await tell(release('SUCCEEDED'))).toBe('no news');
  });

  test('that was refused is told with the reason and with what goes on serving', async () => {
    await inService(1);
    states.on(DescribeExecutionCommand).resolves({ cause: 'version 4 was compared with version 1' });
    expect(await tell(release('FAILED', `refused-${serial}`))).toBe('told');
    expect(await tell(release('FAILED', `refused-${serial}`))).toBe('told before');
    expect(mails()).toHaveLength(1);
    expect(mails()[0]?.subject).toBe('mail-dev: a release was refused');
    expect(mails()[0]?.body).toContain('was refused: version 4 was compared with version 1');
    expect(mails()[0]?.body).toContain('Version 1 is in service.');
  });

  test.each([
    ['ABORTED', 'was stopped in the middle'],
    ['TIMED_OUT', 'took too long and was ended'],
  ])('that was %s is told with what comes next', async (status, words) => {
    states.on(DescribeExecutionCommand).resolves({});
    await tell(release(status, `${status}-${serial}`));
    expect(mails()[0]?.body).toContain(words);
    expect(mails()[0]?.body).toContain('Another run takes up what this one left.');
  });
});

describe('a mail', () => {
  test('that could not be sent is sent by the next delivery', async () => {
    sns.on(PublishCommand).rejectsOnce(new Error('throttled')).resolves({});
    await expect(tell(pending())).rejects.toThrow('throttled');
    expect(await tell(pending())).toBe('told');
  });

  test('whose delivery died in the middle is sent by a later one, not by one beside it', async () => {
    await put({
      pk: `told#model#${version}#pending`,
      state: `model#${version}#pending`,
      until: time + CLAIM_MS,
    });
    await expect(tell(pending())).rejects.toThrow('another delivery tells of');
    time += CLAIM_MS + 1;
    expect(await tell(pending())).toBe('told');
  });
});

const METADATA = {
  execution: 'abcdefghijkl',
  commit: 'abc1234',
  author: 'jane@example.com',
  reason: 'merge',
  champion: `${GROUP}/1`,
};

function tell(event: TellOwnerEvent) {
  return tellOwner({
    sagemaker: new SageMakerClient({}),
    states: new SFNClient({}),
    s3: new S3Client({}),
    sns: new SNSClient({}),
    dynamodb: emulated.dynamo,
    settings: {
      PROJECT: 'mail',
      ENVIRONMENT: 'dev',
      STATE_TABLE: emulated.table,
      ARTIFACTS_BUCKET: 'mail-dev-artifacts',
      OWNER_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:mail-dev-owner',
      APPROVAL: approval,
    },
    now: () => new Date(time),
  })(event);
}

const mails = () =>
  sns.commandCalls(PublishCommand).map(({ args }) => ({
    subject: args[0].input.Subject ?? '',
    body: args[0].input.Message ?? '',
  }));

function described(change: Partial<DescribeModelPackageCommandOutput>): void {
  sagemaker.on(DescribeModelPackageCommand).resolves({
    ModelPackageVersion: version,
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageDescription: 'passed: macro_f1 of topic 0.9100 reaches 0.85',
    CustomerMetadataProperties: METADATA,
    ...change,
  });
}

function evaluated(metrics: object, more: object = {}): void {
  const text = JSON.stringify({ gate: { passed: true, sentence: '' }, rows: 540, metrics, ...more });
  const Body = { transformToString: async () => text } as unknown as GetObjectCommandOutput['Body'];
  s3.on(GetObjectCommand, { Key: 'runs/abcdefghijkl/evaluation/evaluation.json' }).resolves({ Body });
}

function failed(step: object): void {
  const before = { StepName: 'Preprocess', StepStatus: 'Succeeded' as const };
  sagemaker
    .on(ListPipelineExecutionStepsCommand)
    .resolves({ PipelineExecutionSteps: [before, { StepStatus: 'Failed', ...step }] });
}

/** The documented event, as it comes when a package is made. */
function pending() {
  const { UpdatedModelPackageFields: _, ...detail } = packageEvent.event.detail;
  return event({ ...detail, ModelApprovalStatus: 'PendingManualApproval' });
}

const decided = (ModelApprovalStatus: string) => event({ ...packageEvent.event.detail, ModelApprovalStatus });

function event(detail: object) {
  const one = { ...packageEvent.event, detail: { ...detail, ModelPackageArn: `${GROUP}/${version}` } };
  return one as unknown as Extract<TellOwnerEvent, { detail: { ModelPackageArn: string } }>;
}

function training(status: string): TellOwnerEvent {
  sagemaker.on(ListPipelineParametersForExecutionCommand).resolves({
    PipelineParameters: [
      { Name: 'Reason', Value: 'drift' },
      { Name: 'Commit', Value: 'abc1234' },
      { Name: 'Author', Value: 'jane@example.com' },
      { Name: 'ChampionArn', Value: `${GROUP}/1` },
    ],
  });
  return {
    'detail-type': 'SageMaker Model Building Pipeline Execution Status Change',
    time: '2026-11-21T10:00:00Z',
    detail: {
      pipelineExecutionArn: EXECUTION,
      currentPipelineExecutionStatus: status,
      executionEndTime: `2026-11-21T10:00:${String(serial).padStart(2, '0')}Z`,
    },
  };
}

const release = (status: string, name = 'run-1'): TellOwnerEvent => ({
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: RUN.replace('run-1', name), status },
});

const put = (Item: object) =>
  emulated.dynamo.send(new PutCommand({ TableName: emulated.table, Item: { ...Item } }));

async function inService(current: number): Promise<void> {
  await put({
    pk: 'release',
    current: { version: current, config: `mail-dev-v${current}-aaaaaaaa`, packageArn: `${GROUP}/${current}` },
  });
}
