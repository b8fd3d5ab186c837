import { relative, resolve } from 'node:path';
import { nearest } from './nearest';
import { SEPARATOR } from './rule';

/** One thing that is wrong in one file. */
export interface Problem {
  /** The file, relative to where the command runs. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The key, as a dotted path: `environments.dev.learner`. */
  readonly key: string;
  /** `what is wrong · given … · allowed: … · what to do`. */
  readonly message: string;
}

/** Everything that is wrong in the configuration, at once, one line each. */
export class ConfigError extends Error {
  /** A mistake of a person, who needs no stack trace. */
  readonly expected = true;

  constructor(readonly problems: readonly Problem[]) {
    super(
      [
        `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
        ...problems.map(
          ({ file, line, key, message }) => `  ${file}:${line} ${key ? `${key}: ` : ''}${message}`,
        ),
      ].join('\n'),
    );
    this.name = 'ConfigError';
  }
}

/** Puts the given value after what is wrong and before what is allowed. */
export function withGiven(message: string, given: unknown): string {
  const [wrong, ...rest] = message.split(SEPARATOR);
  return [wrong, `given ${shown(given)}`, ...rest].join(SEPARATOR);
}

/** The message for a name that is not one of those there are. */
export function notOneOf(wrong: string, given: string, allowed: readonly string[]): string {
  const suggestion = nearest(given, allowed);
  return [
    wrong,
    `given ${shown(given)}`,
    `allowed: ${allowed.length > 0 ? allowed.join(', ') : 'none'}`,
    ...(suggestion ? [`did you mean ${suggestion}?`] : []),
  ].join(SEPARATOR);
}

/** A path as a person finds it: from the working folder where it lies below it, from the root where not. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? resolve(path) : fromHere || '.';
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
