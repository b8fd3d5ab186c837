const DENIALS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'Forbidden',
  'NotAuthorized',
  'UnauthorizedOperation',
  '403',
]);

/**
 * The permission whose lack made a call fail, or undefined when the call failed for another reason.
 *
 * @param needed what the check needs, for services that do not say
 */
export function missingPermission(error: unknown, needed: string): string | undefined {
  if (!(error instanceof Error) || !(DENIALS.has(error.name) || statusOf(error) === 403)) return undefined;
  return /not authorized to perform:? ([\w-]+:\w+)/.exec(error.message)?.[1] ?? needed;
}

/** The HTTP status of an answer that the SDK threw. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Whether a call failed because what it asks for is not there. Each service has its own word for it. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  if (statusOf(error) === 404 || NOT_THERE.test(name)) return true;
  return name.startsWith('Validation') && /does not exist|could not find|not found/i.test(message);
}

const NOT_THERE =
  /^(NotFound|NoSuch|ParameterNotFound|ResourceNotFound|StateMachineDoesNotExist|QueueDoesNotExist|RepositoryNotFound|PipelineNotFound|AWS\.SimpleQueueService\.NonExistentQueue)/;
