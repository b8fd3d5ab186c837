/** How much a finding matters. Only an error stands in the way of working. */
export type Level = 'error' | 'warning' | 'ok' | 'skipped';

/** What a check saw. */
export interface Observation {
  readonly level: Level;
  /** One sentence: what is wrong, or what is as it should be. */
  readonly what: string;
  /** The command or the step that puts it right; several lines where it takes several. */
  readonly fix?: string;
}

/** An observation, where it was made, and by which check. */
export interface Finding extends Observation {
  /** An environment of platform.yaml, `delivery`, or `this machine`. */
  readonly environment: string;
  /** Name of the check, for machines to branch on. */
  readonly check: string;
}

/** Something is as it should be. */
export const ok = (what: string): Observation => ({ level: 'ok', what });

/** Something will go wrong, or already has. */
export const error = (what: string, fix: string): Observation => ({ level: 'error', what, fix });

/** It works, but somebody should know. */
export const warning = (what: string, fix: string): Observation => ({ level: 'warning', what, fix });

/** It could not be looked at. */
export const skipped = (what: string, fix?: string): Observation => ({
  level: 'skipped',
  what,
  ...(fix !== undefined && { fix }),
});
