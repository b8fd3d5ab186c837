import { type Paint, paintFor } from './paint';

/** A stream that a command writes to. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where a command answers (`out`, for people and pipes) and where it says what it is doing (`err`). */
export interface Terminal {
  /** Colours of the answer. */
  readonly paint: Paint;

  /** Columns of the answer. */
  readonly width: number;

  /** True where a person sits at it and can be asked. */
  readonly interactive: boolean;

  /** Writes a line of the answer, to standard output. */
  readonly answer: (text: string) => void;

  /** Says what is going on, to standard error, so that the answer can be piped. */
  readonly say: (text: string) => void;
}

/** Columns of a text that nobody looks at on a screen. */
const WIDTH = 110;

/**
 * @param process gives the streams and the environment; a command passes `process` itself
 */
export function terminalOf(process: {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly stdin: { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}): Terminal {
  const { stdout, stderr, stdin, env } = process;
  return {
    paint: paintFor(stdout, env),
    width: stdout.columns ?? WIDTH,
    interactive: stdin.isTTY === true && stdout.isTTY === true,
    answer: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
  };
}

/**
 * Answers a question: as JSON for a machine, or as a text for a person.
 *
 * @param json whether `--json` was given
 */
export function answer<T>(
  terminal: Terminal,
  json: boolean | undefined,
  value: T,
  render: (value: T, terminal: Terminal) => string,
): void {
  terminal.answer(json ? JSON.stringify(value, null, 2) : render(value, terminal));
}
