import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BatchGetBuildsCommand, CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient, ListActionExecutionsCommand } from '@aws-sdk/client-codepipeline';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { reportFailure } from '../../../lambda/report-failure/report-failure';

const codepipeline = mockClient(CodePipelineClient);
const codebuild = mockClient(CodeBuildClient);
const logs = mockClient(CloudWatchLogsClient);
const sns = mockClient(SNSClient);

const handler = reportFailure({
  codepipeline: new CodePipelineClient({ region: 'eu-west-1' }),
  codebuild: new CodeBuildClient({ region: 'eu-west-1' }),
  logs: new CloudWatchLogsClient({ region: 'eu-west-1' }),
  sns: new SNSClient({ region: 'eu-west-1' }),
  env: {
    PIPELINE: 'mail-delivery',
    OWNER_TOPIC_ARN: 'arn:aws:sns:eu-west-1:000011112222:mail-delivery-owner',
  },
});

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
const event = (stage: string, action: string) => ({
  source: 'aws.codepipeline',
  'detail-type': 'CodePipeline Action Execution State Change',
  detail: { pipeline: 'mail-delivery', 'execution-id': 'e-1', stage, action, state: 'FAILED' },
});

const failedBuild = {
  stageName: 'Dev',
  actionName: 'Train',
  status: 'Failed' as const,
  input: {
    actionTypeId: { category: 'Build' as const, owner: 'AWS' as const, provider: 'CodeBuild', version: '1' },
  },
  output: {
    executionResult: {
      externalExecutionId: 'mail-delivery-train-dev:1',
      externalExecutionSummary: 'Build terminated with state: FAILED',
    },
  },
};

beforeEach(() => {
  for (const mock of [codepipeline, codebuild, logs, sns]) mock.reset();
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  sns.on(PublishCommand).resolves({});
  codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [failedBuild] });
  codebuild.on(BatchGetBuildsCommand).resolves({
    builds: [
      {
        logs: {
          groupName: '/aws/codebuild/mail-delivery-train-dev',
          streamName: '1',
          deepLink: 'https://console/1',
        },
      },
    ],
  });
  logs.on(GetLogEventsCommand).resolves({
    events: [
      '[Container] 2026/11/21 12:00:00.000001 Entering phase BUILD\n',
      'Evaluate (4 min)\n',
      'The gate refused: macro_f1 of topic 0.71 does not reach 0.85\n',
      '[Container] 2026/11/21 12:04:00.000001 Phase complete: BUILD State: FAILED\n',
      '[Container] 2026/11/21 12:04:00.000002 Command did not exit successfully npm run --silent deliver\n',
    ].map((message) => ({ message })),
  });
});

const mail = () => sns.commandCalls(PublishCommand)[0]?.args[0].input;

test('the owner reads which action failed, the end of its log, and how to go on', async () => {
  await handler(event('Dev', 'Train'));

  expect(mail()?.Subject).toBe('mail-delivery: Train failed in Dev');
  expect(mail()?.Message).toContain('The gate refused: macro_f1 of topic 0.71 does not reach 0.85');
  expect(mail()?.Message).toContain('Command did not exit successfully');
  expect(mail()?.Message).toContain('All of it: https://console/1');
  expect(mail()?.Message).toContain(
    'aws codepipeline retry-stage-execution --pipeline-name mail-delivery --stage-name Dev --pipeline-execution-id e-1',
  );
});

test('what CodeBuild writes of every build is left out', async () => {
  await handler(event('Dev', 'Train'));

  expect(mail()?.Message).not.toMatch(/Entering phase|Phase complete/);
});

test('of a long log only the end is sent, and long lines are cut', async () => {
  const events = Array.from({ length: 40 }, (_, index) => ({
    message: `line ${index} ${'x'.repeat(2_000)}`,
  }));
  logs.on(GetLogEventsCommand).resolves({ events });

  await handler(event('Dev', 'Train'));

  const lines =
    mail()
      ?.Message?.split('\n')
      .filter((line) => line.startsWith('line ')) ?? [];
  expect(lines).toHaveLength(30);
  expect(lines[0]).toMatch(/^line 10 /);
  expect(Math.max(...lines.map(({ length }) => length))).toBe(500);
});

test('it is told also when the log cannot be read', async () => {
  logs.on(GetLogEventsCommand).rejects(new Error('no such stream'));

  await handler(event('Dev', 'Train'));

  expect(mail()?.Message).toContain('The action Train of the stage Dev failed');
  expect(mail()?.Message).toContain('Build terminated with state: FAILED');
});

test('it is told also when CodePipeline does not list the action yet', async () => {
  codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [] });

  await handler(event('Dev', 'Train'));

  expect(mail()?.Message).toContain('The action Train of the stage Dev failed: mail-delivery, run e-1.');
});

test('a rejected approval says who rejected it and why', async () => {
  codepipeline.on(ListActionExecutionsCommand).resolves({
    actionExecutionDetails: [
      {
        stageName: 'ProdApproval',
        actionName: 'Approval',
        status: 'Failed',
        updatedBy: 'arn:aws:sts::000011112222:assumed-role/Reviewer/jane@example.com',
        input: { actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' } },
        output: { executionResult: { externalExecutionSummary: 'not before Monday' } },
      },
    ],
  });

  await handler(event('ProdApproval', 'Approval'));

  expect(mail()?.Message).toContain('was rejected, or nobody approved it in seven days');
  expect(mail()?.Message).toContain('By arn:aws:sts::000011112222:assumed-role/Reviewer/jane@example.com.');
  expect(mail()?.Message).toContain('not before Monday');
  expect(codebuild.calls()).toHaveLength(0);
});

test('a stage that was tried again is told by its newest failure', async () => {
  const older = {
    ...failedBuild,
    output: { executionResult: { externalExecutionId: 'mail-delivery-train-dev:0' } },
  };
  codepipeline.on(ListActionExecutionsCommand).resolves({ actionExecutionDetails: [failedBuild, older] });

  await handler(event('Dev', 'Train'));

  expect(codebuild.commandCalls(BatchGetBuildsCommand)[0]?.args[0].input.ids).toEqual([
    'mail-delivery-train-dev:1',
  ]);
});

test('a subject that SNS would refuse is made one that it takes', async () => {
  await handler(event('Dev', `Übung ${'x'.repeat(200)}`));

  expect(mail()?.Subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

test('an event of something else is an error of its rule, and says so', async () => {
  await expect(handler({ detail: { pipeline: 'mail-delivery' } })).rejects.toThrow(
    "the event names no execution-id: it must be an action's state change of CodePipeline",
  );
});
