/** An error as an AWS client sees it: a code, a message and, for the runtime, more fields. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** What most of SageMaker answers, also where its service model names another error. */
export const invalid = (message: string) => new AwsError('ValidationException', message);

export const notFound = (message: string) => new AwsError('ResourceNotFound', message);

export const conflict = (message: string) => new AwsError('ConflictException', message);

export const inUse = (message: string) => new AwsError('ResourceInUse', message);

export const denied = (message: string) => new AwsError('AccessDeniedException', message);

/** A feature that AWS has and this server has not: refused, so that nobody takes it for rehearsed. */
export const notRehearsed = (what: string) =>
  invalid(
    `${what} is not rehearsed: the local SageMaker does not emulate it; leave it out or test it on AWS`,
  );

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
