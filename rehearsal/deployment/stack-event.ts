/** A line of the CLI's progress: one event of one stack. */
export interface StackEvent {
  readonly stack: string;
  /** Resources finished so far; the CLI does not know the total of a deployment without a change set. */
  readonly done: number;
  readonly status: string;
  readonly type: string;
}

const EVENT =
  /^(?<stack>\S+)\s*\|\s*(?<done>\d+)(?:\/\d+)?\s*\|[^|]*\|\s*(?<status>[A-Z_]+)\s*\|\s*(?<type>\S+)\s*\|/;

/** Reads a line of `cdk deploy --progress events`; undefined for any other line. */
export function stackEvent(line: string): StackEvent | undefined {
  const groups = EVENT.exec(line)?.groups;
  if (!groups) return undefined;
  const { stack = '', done, status = '', type = '' } = groups;
  return { stack, done: Number(done), status, type };
}
