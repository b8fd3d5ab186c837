import type { Target } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Delivery } from './delivery';
import type { AwsEvent } from './event';
import { type MatchedRule, targetInput } from './input';
import type { Permissions } from './permission';
import { sendMessage, type targetKinds } from './targets';

/** EventBridge's default is 185 times in 24 hours; more than these tell nothing new on a laptop. */
const MOST_RETRIES = 4;
const FIRST_WAIT_MS = 50;

/** Errors that another attempt cannot mend: AWS sends such an event to the dead-letter queue at once. */
const LASTING =
  /AccessDenied|NotFound|NonExistent|DoesNotExist|Validation|InvalidParameter|InvalidExecutionInput/;

interface Parts {
  readonly sqs: SQSClient;
  readonly may: Permissions;
  readonly kindOf: ReturnType<typeof targetKinds>;
}

/** A delivery that did not succeed. */
interface Failure {
  readonly outcome: 'denied' | 'failed';
  readonly attempts: number;
  readonly code: string;
  readonly reason: string;
}

/** Makes the function that hands one event to one target, as the target's settings say, and tells how it went. */
export function deliverer(parts: Parts) {
  return async (event: AwsEvent, rule: MatchedRule, target: Target): Promise<Delivery> => {
    const about = { event, rule: rule.name, target: target.Arn };
    const attempted = await attempt(parts, event, rule, target);
    if (typeof attempted === 'number') return { ...about, outcome: 'delivered', attempts: attempted };
    const { outcome, attempts, reason } = attempted;
    const queue = target.DeadLetterConfig?.Arn;
    if (!queue) return { ...about, outcome, attempts, reason };
    const lost = await deadLetter(parts, queue, event, rule, target, attempted);
    if (lost) return { ...about, outcome, attempts, reason: `${reason}; and the event is lost: ${lost}` };
    return { ...about, outcome, attempts, reason, deadLetterQueue: queue };
  };
}

/** @returns the number of attempts it took, or what went wrong */
async function attempt(
  { kindOf }: Parts,
  event: AwsEvent,
  rule: MatchedRule,
  target: Target,
): Promise<number | Failure> {
  const kind = kindOf(target);
  if (!kind) {
    const reason = `targets like ${target.Arn} are not delivered to in a rehearsal; use a function or a state machine`;
    return { outcome: 'failed', attempts: 0, code: 'UNSUPPORTED_TARGET', reason };
  }
  const most = 1 + Math.min(target.RetryPolicy?.MaximumRetryAttempts ?? MOST_RETRIES, MOST_RETRIES);
  for (let attempts = 1; ; attempts++) {
    try {
      const denial = await kind.denial(target, rule);
      if (denial) return { outcome: 'denied', attempts, code: 'NO_PERMISSIONS', reason: denial };
      await kind.send(target, targetInput(target, event, rule));
      return attempts;
    } catch (error) {
      const { name, message } = described(error);
      const lasting = LASTING.test(name) || name === 'Error';
      if (lasting || attempts >= most) {
        return { outcome: 'failed', attempts, code: 'SDK_CLIENT_ERROR', reason: `${name}: ${message}` };
      }
      await new Promise((next) => setTimeout(next, FIRST_WAIT_MS * 2 ** attempts));
    }
  }
}

/**
 * Puts the event, as it was before any transformation, into the target's dead-letter queue.
 *
 * @returns why that failed
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
async function deadLetter(
  { sqs, may }: Parts,
  queue: string,
  event: AwsEvent,
  rule: MatchedRule,
  target: Target,
  failure: Failure,
): Promise<string | undefined> {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  try {
    const denial = await may.queue(queue, rule);
    if (denial) return denial;
    const attributes = {
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.Arn ?? ''),
      ERROR_CODE: text(failure.code),
      ERROR_MESSAGE: text(failure.reason.slice(0, 1000)),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(Math.max(0, failure.attempts - 1)) },
    };
    await sendMessage(sqs, queue, JSON.stringify(event), { attributes });
    return undefined;
  } catch (error) {
    const { name, message } = described(error);
    return `${name}: ${message}`;
  }
}

function described(error: unknown): { name: string; message: string } {
  if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error) };
  const name = 'name' in error ? String(error.name) : 'Error';
  return { name, message: 'message' in error ? String(error.message) : '' };
}
