import { messageOf } from '../errors';

/** Ends a job; the message is its FailureReason, beginning as AWS begins it (`ClientError:`, `AlgorithmError:`). */
export class JobFailure extends Error {}

/** Errors by which S3 and STS say that the caller, not the service, is at fault. */
const CLIENT_ERROR = /AccessDenied|Forbidden|NotAuthorized|NoSuch|NotFound|NoSuchBucket|InvalidBucketName/i;

/** The failure reason of anything that was thrown while a job ran. */
export function failureReason(error: unknown): string {
  const message = messageOf(error);
  if (error instanceof JobFailure) return message.slice(0, 1024);
  const name = error instanceof Error ? error.name : '';
  const kind = CLIENT_ERROR.test(`${name} ${message}`) ? 'ClientError' : 'InternalServerError';
  return `${kind}: ${message || 'We encountered an internal error. Please try again.'}`.slice(0, 1024);
}
