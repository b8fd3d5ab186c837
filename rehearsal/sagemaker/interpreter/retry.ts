import { AwsError } from '../errors';
import type { RetryPolicy } from './definition';

/** A step that failed: by a call that was refused, or by a job that ended badly. */
export class StepFailure extends Error {}

/** Name that retry policies give to a failure; undefined where no policy can help. */
function exceptionType(error: unknown): string | undefined {
  if (error instanceof AwsError) {
    if (error.status >= 500) return 'Step.SERVICE_FAULT';
    if (/Throttling/.test(error.code)) return 'Step.THROTTLING';
    return error.code === 'ResourceLimitExceeded' ? 'SageMaker.RESOURCE_LIMIT' : undefined;
  }
  if (!(error instanceof StepFailure)) return undefined;
  if (error.message.startsWith('InternalServerError')) return 'SageMaker.JOB_INTERNAL_ERROR';
  return error.message.startsWith('CapacityError') ? 'SageMaker.CAPACITY_ERROR' : undefined;
}

const DEFAULTS = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 5 };

/**
 * Tries until it works, or until no policy allows another try.
 *
 * @param pause waits that many seconds; false means that the execution was stopped
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-retry-policy.html
 */
export async function withRetries<T>(
  policies: readonly RetryPolicy[],
  pause: (seconds: number) => Promise<boolean>,
  attempt: (count: number) => Promise<T>,
): Promise<T> {
  const used = new Map<RetryPolicy, { tries: number; waited: number }>();
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(count);
    } catch (error) {
      const type = exceptionType(error);
      const policy = policies.find(({ ExceptionType }) => type && [ExceptionType].flat().includes(type));
      if (!policy) throw error;
      const spent = used.get(policy) ?? { tries: 0, waited: 0 };
      const wait =
        (policy.IntervalSeconds ?? DEFAULTS.IntervalSeconds) *
        (policy.BackoffRate ?? DEFAULTS.BackoffRate) ** spent.tries;
      const over = policy.ExpireAfterMin
        ? spent.waited + wait > policy.ExpireAfterMin * 60
        : spent.tries >= (policy.MaxAttempts ?? DEFAULTS.MaxAttempts);
      if (over) throw error;
      used.set(policy, { tries: spent.tries + 1, waited: spent.waited + wait });
      if (!(await pause(wait))) throw error;
    }
  }
}
