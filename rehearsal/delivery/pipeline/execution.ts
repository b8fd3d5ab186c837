import type { ActionDefinition, PipelineDefinition } from './definition';

/** What is delivered: a commit, and a folder with its files. */
export interface Revision {
  readonly folder: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly message: string;
  /** E-mail address of the commit's author. */
  readonly author: string;
}

/** Something one action hands to later ones: an object in the artifacts bucket. */
export interface Artifact {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

/** `Cancelled`: the pipeline was updated meanwhile. */
export type Status = 'InProgress' | 'Succeeded' | 'Failed' | 'Cancelled';

/** What an action did. */
export interface ActionExecution {
  readonly id: string;
  readonly stage: string;
  readonly action: ActionDefinition;
  readonly started: Date;
  status: Status;
  updated: Date;
  /** Id of the build, or of whoever approved. */
  external?: string;
  /** One line about how it ended. */
  summary?: string;
  /** Token of an approval that waits for a person. */
  token?: string;
  /** What the person who is asked reads. */
  asked?: string;
}

/** A run of the pipeline. */
export interface Execution {
  readonly id: string;
  definition: PipelineDefinition;
  readonly revision: Revision;
  readonly started: Date;
  status: Status;
  /** Every action so far, in the order they were started; one that was tried again is there twice. */
  readonly actions: ActionExecution[];
  readonly variables: Map<string, Readonly<Record<string, string>>>;
  readonly artifacts: Map<string, Artifact>;
}

/** What playing an action gives. */
export interface ActionOutcome {
  readonly external?: string;
  readonly summary?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** An action that failed. */
export class ActionFailed extends Error {
  override readonly name = 'ActionFailed';
  constructor(
    /** Why, for whoever rehearses. */
    message: string,
    readonly external?: string,
    /** What CodePipeline tells of it, which is less. @default - the message */
    readonly told?: string,
  ) {
    super(message);
  }
}
