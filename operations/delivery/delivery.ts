import type { Platform } from '../../lib/config/platform';
import type { Project } from '../../lib/config/project';

/** What a step is told by the pipeline that runs it; a person who runs one at a terminal leaves most of it out. */
export interface Run {
  /** Commit that is delivered. */
  readonly commit: string;

  /** E-mail of its author; undefined where the source does not say. */
  readonly author: string | undefined;

  /** Id of the pipeline's execution; undefined at a terminal. */
  readonly execution: string | undefined;

  /** Role to become in the environment: to change it, or for evidence to read it; undefined at a terminal: then the person's own credentials count. */
  readonly roleArn: string | undefined;
}

/** What every step works with. */
export interface Delivery {
  readonly platform: Platform;
  readonly project: Project;
  readonly run: Run;

  /** Folder of the cloud assembly: what the Check action synthesized. */
  readonly assembly: string;

  /** Environment of programs that a step starts. */
  readonly env: Readonly<Record<string, string | undefined>>;

  /** Milliseconds between two looks at what is waited for. */
  readonly pollMs: number;

  /** Says what is going on and what is waited for. */
  readonly say: (what: string) => void;
}

/** A step that ran and failed; the message is one sentence for the owner's mail. */
export class Failed extends Error {}
