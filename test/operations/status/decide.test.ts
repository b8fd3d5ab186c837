import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type Decision, decide } from '../../../operations/status/decide';
import { clients, deployed, GROUP, mailInDev, mocks, registered, released, waiting } from './accounts';

const SESSION = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_approver_0123/';
const subject = mailInDev();
let shown: string[];

beforeEach(() => {
  deployed();
  shown = [];
  registered(4);
  waiting(4);
  const evaluation = {
    rows: 540,
    metrics: { topic: { accuracy: 0.93, macro_f1: 0.91, calibration_error: 0.02 } },
  };
  const Body = { transformToString: async () => JSON.stringify(evaluation) } as unknown;
  mocks.s3
    .on(GetObjectCommand, { Key: 'runs/abcdefghijkl/evaluation/evaluation.json' })
    .resolves({ Body: Body as GetObjectCommandOutput['Body'] });
});

test('an approval carries who and why, after the sentence and the metrics were shown', async () => {
  const decided = await act({ why: 'better on\nrefunds' });
  expect(shown).toEqual([
    'Version 4 of mail in dev, commit abc1234def by jane@example.com',
    'The gate passed: macro_f1 of topic 0.9100 reaches 0.85',
    'Compared with: no version',
    'On 540 rows held out:',
    expect.stringMatching(/topic +accuracy 0.9300 +macro F1 0.9100/),
  ]);
  expect(updates()).toEqual([
    {
      ModelPackageArn: `${GROUP}/4`,
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: `approved by ${SESSION}kim@example.com: better on refunds`,
    },
  ]);
  expect(decided).toMatchObject({ version: 4, verdict: 'Approved', by: `${SESSION}kim@example.com` });
});

test.each(['jane@example.com', 'Jane@Example.com', 'jane'])(
  'the author, in a session named %s, may not approve',
  async (name) => {
    await expect(act({}, `${SESSION}${name}`)).rejects.toThrow(
      /jane@example\.com wrote commit abc1234def.*somebody else must approve it/,
    );
    expect(updates()).toEqual([]);
  },
);

test('the author may reject, and may approve where the policy would', async () => {
  await act({ verdict: 'Rejected', why: 'wrong data' }, `${SESSION}jane@example.com`);
  const author = { callerArn: `${SESSION}jane@example.com` };
  const decision: Decision = { version: 4, verdict: 'Approved', why: undefined, insist: false };
  await decide(clients, author, { ...subject, approval: 'auto' }, decision, () => undefined);
  expect(updates().map(({ ModelApprovalStatus }) => ModelApprovalStatus)).toEqual(['Rejected', 'Approved']);
});

test('a rejection without a reason is refused before anything is asked', async () => {
  await expect(act({ verdict: 'Rejected' })).rejects.toThrow('a rejection needs a reason');
  expect(mocks.sagemaker.calls()).toEqual([]);
});

test('a version that does not wait is refused, with what it is and what waits', async () => {
  registered(3, { ModelApprovalStatus: 'Rejected', ApprovalDescription: 'rejected by kim: wrong data' });
  await expect(act({ version: 3 })).rejects.toThrow(
    'version 3 of mail in dev is Rejected already (rejected by kim: wrong data): version 4 waits for a decision',
  );
  expect(updates()).toEqual([]);
});

test('a model whose metrics may not be read can still be decided on', async () => {
  mocks.s3.on(GetObjectCommand).rejects(new Error('AccessDenied'));
  await act({});
  expect(shown.at(-1)).toBe('Its metrics cannot be read: AccessDenied');
  expect(updates()).toHaveLength(1);
});

describe('a model compared with another one than that in service', () => {
  beforeEach(() => released(2));

  test('is approved with a warning, and no release is started besides', async () => {
    await act({});
    expect(shown.at(-1)).toMatch(/^Mind: version 4 was compared with no version, but version 2 .*--insist/);
    expect(mocks.states.commandCalls(StartExecutionCommand)).toEqual([]);
  });

  test('is released when a person insists', async () => {
    await act({ insist: true });
    expect(mocks.states.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      {
        stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:mail-dev-release',
        input: JSON.stringify({ reason: 'approval', packageArn: `${GROUP}/4`, insist: true }),
      },
    ]);
  });
});

function act(change: Partial<Decision>, callerArn = `${SESSION}kim@example.com`) {
  const decision: Decision = { version: 4, verdict: 'Approved', why: undefined, insist: false, ...change };
  return decide(clients, { callerArn }, subject, decision, (line) => shown.push(line));
}

const updates = () =>
  mocks.sagemaker.commandCalls(UpdateModelPackageCommand).map(({ args }) => args[0].input);
