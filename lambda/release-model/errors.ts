/** Errors that pass by themselves: AWS is busy, at fault or out of reach. */
const PASSING = [
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'ConcurrentUpdateException',
  'InternalServiceException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalFailure',
  'InternalServerException',
  'InternalDependencyException',
  'ModelNotReadyException',
  'ConflictException',
  // The runtime does not know an endpoint for a moment after it came into service.
  'ValidationError',
  'TimeoutError',
  'ECONNRESET',
  'ECONNREFUSED',
];

/**
 * What to do about an error of AWS.
 *
 * - `absent`, `exists`: the answer to a question, not a fault
 * - `busy`: the endpoint is being changed; come back, and do not count it
 * - `passing`: come back, and count it
 * - `lasting`: the same call will fail again, so the release is refused. So are AccessDeniedException (a role lacks a
 *   permission: a deployment mends it, waiting does not) and ResourceLimitExceeded (a person raises the quota).
 */
export type Meaning = 'absent' | 'exists' | 'busy' | 'passing' | 'lasting';

/** SageMaker says "not found", "exists" and "in progress" all by ValidationException; only the text tells them apart. */
export function meaningOf(error: unknown): Meaning {
  if (!(error instanceof Error)) return 'lasting';
  if (error.name === 'ValidationException') {
    if (/^Could not find (model|endpoint|endpoint configuration) "/.test(error.message)) return 'absent';
    if (error.message.startsWith('Cannot create already existing')) return 'exists';
    if (/^Cannot (update|delete) in-progress endpoint/.test(error.message)) return 'busy';
    return 'lasting';
  }
  const { $fault, code } = error as { $fault?: string; code?: string };
  const passing = PASSING.includes(error.name) || PASSING.includes(code ?? '') || $fault === 'server';
  return passing ? 'passing' : 'lasting';
}

/** One line for a person: which error, and AWS's own words. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message.replace(/\s+/g, ' ')}` : String(error);
}
