/** What the caller is told when there is no prediction. Neutral: what happened inside is in the log only. */
export interface Failure {
  readonly status: 500 | 502 | 503 | 504;
  readonly code: string;
  readonly message: string;
  /** Seconds after which it is worth trying again; none when only a person can change it. */
  readonly retryAfter?: number;
}

/** Nothing was ever released; how long that lasts, only the model's owner knows. */
export const NO_MODEL_YET: Failure = {
  status: 503,
  code: 'no_model',
  message: 'no model in service yet',
};

/** A model was released, and its endpoint is away: an endpoint takes minutes to come back. */
export const ENDPOINT_AWAY: Failure = {
  status: 503,
  code: 'unavailable',
  message: 'the model is not in service at the moment, try again later',
  retryAfter: 30,
};

const BUSY: Failure = {
  status: 503,
  code: 'busy',
  message: 'the model is busy, try again',
  retryAfter: 2,
};
/** The container failed, or did not answer as its contract says. */
export const MODEL_FAILED: Failure = {
  status: 502,
  code: 'model_failed',
  message: 'the model failed',
};
const TOO_SLOW: Failure = {
  status: 504,
  code: 'timeout',
  message: 'the model did not answer in time',
};
const INTERNAL: Failure = {
  status: 500,
  code: 'internal',
  message: 'prediction failed',
};

/**
 * Errors by the SDK's `name`, which is the one thing that services' modelled and unmodelled errors share.
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html#API_runtime_InvokeEndpoint_Errors
 */
const BY_NAME: Readonly<Record<string, Failure>> = {
  ThrottlingException: BUSY,
  ModelNotReadyException: BUSY,
  ServiceUnavailable: BUSY,
  ServiceUnavailableException: BUSY,
  ModelReplyBroken: MODEL_FAILED,
  // The two ways in which a request ends by our own deadline.
  AbortError: TOO_SLOW,
  TimeoutError: TOO_SLOW,
};

/** What the caller is told about an error of the invocation. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return INTERNAL;
  if (error.name === 'ModelError') {
    // The container refused a request that we had found good: the two disagree on what is good, and that is
    // our fault to find in the log, not the model's nor the caller's.
    const status = 'OriginalStatusCode' in error ? error.OriginalStatusCode : undefined;
    return typeof status === 'number' && status >= 400 && status < 500 ? INTERNAL : MODEL_FAILED;
  }
  return BY_NAME[error.name] ?? INTERNAL;
}
