/** The parts of a CloudFormation template that the adapter reads. */
export interface Template {
  readonly Resources?: Readonly<Record<string, Resource>>;
  readonly [section: string]: unknown;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  /** Condition, DependsOn, DeletionPolicy… are kept as they are. */
  readonly [attribute: string]: unknown;
}

/** One difference between what is rehearsed and what would be deployed to AWS. */
export interface Change {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly change: ChangeKind;
}

export type ChangeKind =
  /** The emulator does not know the type; our process creates it, as a custom resource. */
  | 'bridged'
  /** The emulator denies what a condition on this key allows; the statement is deployed without it, and looked at apart. */
  | 'condition not enforced'
  /** A condition on the caller names the sessions of a role too, by which the emulator calls it. */
  | 'sessions named'
  /** A policy on the streams of a log group names the group too, which is what the emulator asks for. */
  | 'log groups named'
  /** A custom resource gets a time limit: one whose function cannot start would be waited for an hour. */
  | 'time limit'
  /** A function's calls carry its name, so that the local SageMaker can ask what its role allows. */
  | 'names its caller';

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
