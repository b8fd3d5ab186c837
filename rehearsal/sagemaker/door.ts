import { AwsError, denied, invalid } from './errors';
import type { PermissionQuestion } from './options';
import type { Fields, ServiceModel } from './service-model';
import type { Caller, Handlers, World } from './world';

/** What IAM is asked before a call. */
export type Questions = (operation: string, input: Fields, caller: Caller) => readonly PermissionQuestion[];

/** The one way into the control plane of a service, for clients and for the service itself. */
export class Door {
  private handlers: Handlers = {};

  constructor(
    private readonly service: string,
    private readonly model: ServiceModel,
    private readonly questions: Questions,
  ) {}

  open(handlers: Handlers): void {
    this.handlers = handlers;
  }

  /** Names of the operations that are emulated. */
  operations(): string[] {
    return Object.keys(this.handlers);
  }

  /** Validates, asks for permission, performs, and sends back what the response may hold. */
  async call(world: World, operation: string, input: Fields, caller: Caller): Promise<Fields> {
    this.validate(operation, input);
    for (const question of this.questions(operation, input, caller)) {
      const denial = await world.options.authorize?.(question);
      if (denial) throw denied(denial);
    }
    return this.perform(operation, input, caller);
  }

  /** The same for the service itself, which asks nobody. */
  async look(operation: string, input: Fields): Promise<Fields> {
    this.validate(operation, input);
    return this.perform(operation, input, undefined);
  }

  private validate(operation: string, input: Fields): void {
    if (!this.model.has(operation))
      throw new AwsError(
        'UnknownOperationException',
        `The requested operation ${operation} is not known to ${this.service}`,
        404,
      );
    if (!Object.hasOwn(this.handlers, operation)) {
      throw new AwsError(
        'UnknownOperationException',
        `The operation ${operation} of ${this.service} is not rehearsed: the local SageMaker does not emulate it`,
        404,
      );
    }
    const faults = this.model.faults(operation, input);
    if (faults.length > 0) {
      throw invalid(
        `${faults.length} validation error${faults.length > 1 ? 's' : ''} detected: ${faults.join('; ')}`,
      );
    }
  }

  private async perform(operation: string, input: Fields, caller: Caller): Promise<Fields> {
    const handler = this.handlers[operation];
    // Each handler takes its own request type; the service model has just said that the input is of it.
    const result = (await handler?.(structuredClone(input) as never, caller)) as Fields;
    const response = structuredClone(this.model.response(operation, result));
    const missing = this.model.missing(operation, response);
    if (missing.length > 0)
      throw new AwsError('InternalFailure', `the response of ${operation} lacks ${missing.join(', ')}`, 500);
    return response;
  }
}
