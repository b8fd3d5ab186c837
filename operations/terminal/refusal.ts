/** Stops a command with one line that says what is wrong and what to do; printed without a stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** Tells whoever prints it that the message says everything. */
  readonly expected = true;
}
