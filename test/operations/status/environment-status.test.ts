import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeEndpointCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { environmentStatus } from '../../../operations/status/environment-status';
import {
  clients,
  deployed,
  GROUP,
  mailInDev,
  mocks,
  NOW,
  named,
  registered,
  released,
  waiting,
} from './accounts';

const subject = mailInDev();
const look = () => environmentStatus(clients, subject, NOW);

beforeEach(deployed);

test('where nothing happened yet, nothing is claimed and the calendar goes on', async () => {
  expect(await look()).toEqual({
    project: 'mail',
    environment: 'dev',
    waiting: [],
    alarms: [],
    retrain: { next: new Date('2026-12-01T02:40:00Z') },
    notes: [],
  });
});

test('the last merge is who and when, and what a cooldown holds back is told', async () => {
  mocks.dynamodb.on(GetCommand, { Key: { pk: 'start' } }).resolves({
    Item: {
      commit: 'abc1234',
      author: 'jane@example.com',
      merged: '2026-11-21T09:00:00.000Z',
      pending: 'drift',
    },
  });
  expect(await look()).toMatchObject({
    merge: { commit: 'abc1234', author: 'jane@example.com', at: new Date('2026-11-21T09:00:00Z') },
    retrain: { heldBack: 'drift' },
  });
});

describe('a training', () => {
  const execution = (name: string, status: string) => ({
    PipelineExecutionArn: `arn:aws:sagemaker:eu-west-1:111122223333:pipeline/mail-dev/execution/${name}`,
    PipelineExecutionStatus: status as 'Executing',
    PipelineExecutionDisplayName: 'drift-0123456789ab',
    StartTime: new Date('2026-11-21T11:00:00Z'),
  });

  test('that runs is told with its step, and the gate of the one before', async () => {
    registered(3);
    mocks.sagemaker
      .on(ListPipelineExecutionsCommand)
      .resolves({
        PipelineExecutionSummaries: [execution('two', 'Executing'), execution('one', 'Succeeded')],
      })
      .on(ListPipelineExecutionStepsCommand, {
        PipelineExecutionArn: execution('two', '').PipelineExecutionArn,
      })
      .resolves({ PipelineExecutionSteps: [{ StepName: 'Train', StepStatus: 'Executing' }] })
      .on(ListPipelineExecutionStepsCommand, {
        PipelineExecutionArn: execution('one', '').PipelineExecutionArn,
      })
      .resolves({
        PipelineExecutionSteps: [
          { StepName: 'Register', Metadata: { RegisterModel: { Arn: `${GROUP}/3` } } },
        ],
      });
    expect(await look()).toMatchObject({
      training: { status: 'executing', reason: 'drift', step: 'Train', execution: 'two' },
      gate: { verdict: 'passed', version: 3, sentence: 'passed: macro_f1 of topic 0.9100 reaches 0.85' },
    });
  });

  test('that the gate refused is told with the sentence, and as no failure of a step', async () => {
    mocks.sagemaker
      .on(ListPipelineExecutionsCommand)
      .resolves({ PipelineExecutionSummaries: [execution('one', 'Failed')] })
      .on(ListPipelineExecutionStepsCommand)
      .resolves({
        PipelineExecutionSteps: [
          {
            StepName: 'Refused',
            StepStatus: 'Failed',
            FailureReason: 'The gate refused: macro_f1 of topic 0.4',
          },
        ],
      });
    const { training, gate } = await look();
    expect(training).toMatchObject({ status: 'refused', step: undefined });
    expect(gate).toEqual({
      verdict: 'refused',
      sentence: 'refused: macro_f1 of topic 0.4',
      version: undefined,
    });
  });

  test('whose step failed is told with the reason', async () => {
    mocks.sagemaker
      .on(ListPipelineExecutionsCommand)
      .resolves({ PipelineExecutionSummaries: [execution('one', 'Failed')] })
      .on(ListPipelineExecutionStepsCommand)
      .resolves({
        PipelineExecutionSteps: [{ StepName: 'Train', StepStatus: 'Failed', FailureReason: 'no rows' }],
      });
    expect(await look()).toMatchObject({ training: { status: 'failed', step: 'Train: no rows' } });
  });
});

describe('a model that waits', () => {
  test('waits for a person since it was made, with the line that approves it', async () => {
    registered(4);
    waiting(4);
    expect((await look()).waiting).toEqual([
      {
        what: 'version 4',
        for: 'a person',
        since: new Date('2026-11-21T10:00:00Z'),
        command: 'npm run approve -- mail 4 --environment dev',
      },
    ]);
  });

  test('waits for the policy where that approves, and nobody is asked to type', async () => {
    registered(4);
    waiting(4);
    const { waiting: found } = await environmentStatus(clients, { ...subject, approval: 'auto' }, NOW);
    expect(found).toMatchObject([{ for: 'the policy', command: undefined }]);
  });

  test('and was overtaken says what its approval would lead to', async () => {
    registered(4);
    registered(6);
    waiting(6, 4);
    released(5);
    expect((await look()).notes).toEqual([
      'version 6 was compared with no version, but version 5 is wanted in service by now: its release would be refused',
      'version 4 is not newer than version 5, which was taken on: its release would be passed over',
    ]);
  });
});

test('a version on its way into service is told beside that which answers', async () => {
  released(4, 5);
  mocks.sagemaker.on(DescribeEndpointCommand).resolves({
    EndpointStatus: 'Updating',
    EndpointConfigName: 'mail-dev-v4-aaaaaaaa',
    LastModifiedTime: NOW,
  });
  expect((await look()).inService).toEqual({
    version: 4,
    config: 'mail-dev-v4-aaaaaaaa',
    since: NOW,
    endpoint: 'Updating',
    releasing: 5,
  });
});

test('a release that was refused last is told with its reason', async () => {
  mocks.states
    .on(ListExecutionsCommand)
    .resolves({ executions: [{ executionArn: 'arn:run', status: 'FAILED' } as never] })
    .on(DescribeExecutionCommand)
    .resolves({ cause: 'version 4 was not released: the model did not answer' });
  expect((await look()).notes).toEqual([
    'the last release was refused: version 4 was not released: the model did not answer',
  ]);
});

test('alarms that ring are told by what they are of', async () => {
  mocks.cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [{ AlarmName: 'mail-dev-drift', StateUpdatedTimestamp: NOW, AlarmDescription: 'differs' }],
  });
  expect((await look()).alarms).toEqual([{ name: 'drift', since: NOW, description: 'differs' }]);
});

test('what may not be read is said, and the rest is told', async () => {
  registered(4);
  waiting(4);
  mocks.cloudwatch
    .on(DescribeAlarmsCommand)
    .rejects(named('AccessDenied', 'not authorized to DescribeAlarms'));
  const { notes, waiting: found } = await look();
  expect(notes).toEqual(['alarms cannot be read: AccessDenied: not authorized to DescribeAlarms']);
  expect(found).toHaveLength(1);
});

test.each([
  ['ResourceNotFoundException', /^nothing is deployed here yet/],
  ['AccessDeniedException', /^the state table cannot be read: AccessDeniedException: no$/],
])('without the state table (%s) it says why nothing is known', async (name, words) => {
  mocks.dynamodb.on(GetCommand).rejects(named(name, 'no'));
  expect((await look()).unreachable).toMatch(words);
});
