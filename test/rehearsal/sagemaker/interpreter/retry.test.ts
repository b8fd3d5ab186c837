import { AwsError } from '../../../../rehearsal/sagemaker/errors';
import { StepFailure, withRetries } from '../../../../rehearsal/sagemaker/interpreter/retry';

const internal = new StepFailure('InternalServerError: We encountered an internal error.');
const policy = {
  ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR', 'Step.THROTTLING'],
  IntervalSeconds: 10,
  BackoffRate: 2,
  MaxAttempts: 3,
};

test('a job that failed inside the service is tried again with growing pauses', async () => {
  const { pauses, result } = await retried([policy], [internal, internal]);
  expect(result).toBe('done at try 3');
  expect(pauses).toEqual([10, 20]);
});

test('a throttled call is tried again', async () => {
  const { result } = await retried([policy], [new AwsError('ThrottlingException', 'slow down')]);
  expect(result).toBe('done at try 2');
});

test.each([
  ['the code raised', [policy], [new StepFailure('AlgorithmError: boom, exit code: 1')], 1],
  ['no policy names it', [], [internal], 1],
  ['the attempts are used up', [policy], [internal, internal, internal, internal], 4],
  [
    'its time is over',
    [
      {
        ExceptionType: 'SageMaker.JOB_INTERNAL_ERROR',
        IntervalSeconds: 40,
        BackoffRate: 1,
        ExpireAfterMin: 1,
      },
    ],
    [internal, internal],
    2,
  ],
])('a failure stands when %s', async (_why, policies, failures, tries) => {
  const outcome = retried(policies, failures);
  await expect(outcome).rejects.toThrow(failures[0]?.message);
  await outcome.catch(() => undefined);
  expect(count).toBe(tries);
});

test('a pause that is cut short by a stop ends the tries', async () => {
  await expect(
    withRetries(
      [policy],
      async () => false,
      () => Promise.reject(internal),
    ),
  ).rejects.toThrow('internal error');
});

let count = 0;

async function retried(policies: Parameters<typeof withRetries>[0], failures: Error[]) {
  const pauses: number[] = [];
  const pause = async (seconds: number) => pauses.push(seconds) > 0;
  const result = await withRetries(policies, pause, async (tries) => {
    count = tries;
    const failure = failures[tries - 1];
    if (failure) throw failure;
    return `done at try ${tries}`;
  });
  return { pauses, result };
}
