/** Why a training may start. `tick` is the daily look for what a cooldown held back. */
export const START_REASONS = ['merge', 'manual', 'schedule', 'drift', 'quality', 'tick'] as const;
export type StartReason = (typeof START_REASONS)[number];

/** Environment of the start function; every value is a literal known at synthesis. */
export interface StartTrainingEnv {
  PIPELINE_NAME: string;
  MODEL_PACKAGE_GROUP: string;
  ARTIFACTS_BUCKET: string;
  RECORDS_BUCKET: string;
  STATE_TABLE: string;
  OWNER_TOPIC_ARN: string;
  /** Image that serves a model; stands in for the champion's image while there is no champion. */
  SERVE_IMAGE: string;
  /** Hash of everything in the pipeline definition that shapes the model (images, instances, hyperparameters). */
  DEFINITION_HASH: string;
  /** Comma-separated reasons, besides `manual`, that may start a training: `merge,drift,quality,schedule`. */
  RETRAIN_ON: string;
  /** Hours between two automatic retrainings (drift, quality, schedule). */
  COOLDOWN_HOURS: string;
  /** Labelled rows the champion has not seen, below which an automatic retraining is not worth its cost. */
  MIN_NEW_ROWS: string;
}

/** A merge names what to train on; every other reason trains the code and base data of the last merge. */
export type StartTrainingEvent =
  | {
      readonly reason: 'merge';
      /** sha256 of the code bundle, already uploaded to `code/<hash>/`. */
      readonly code: string;
      readonly commit: string;
      /** E-mail of the commit's author: where a person approves models, it must be another one. */
      readonly author?: string;
      /** Prefix of the staged base data, `data/base/<sha256>/`. */
      readonly data: string;
    }
  | { readonly reason: Exclude<StartReason, 'merge'> };

export interface StartTrainingResult {
  readonly outcome:
    | 'started'
    | 'nothing changed'
    | 'already asked'
    | 'cooling down'
    | 'too few new rows'
    | 'not configured'
    | 'nothing to train'
    | 'nothing pending';
  /** One sentence for a person. */
  readonly note: string;
  readonly executionArn?: string;
}

/** Names of the SageMaker pipeline's parameters; the start function gives every one, all are strings. */
export const PIPELINE_PARAMETERS = [
  'CodeUri',
  'CodeHash',
  'Commit',
  'Author',
  'DataUri',
  'DataVersion',
  'Reason',
  'ChampionArn',
  'ChampionModelUri',
  'ChampionImage',
  'Fingerprint',
] as const;

/** Stands for an author where the merge named none, and where a person starts the pipeline without the function. */
export const UNKNOWN_AUTHOR = 'unknown';

export type PipelineParameter = (typeof PIPELINE_PARAMETERS)[number];

/** Name of the Fail step that a refusal by the gate ends in; its failure reason is the gate's sentence. */
export const REFUSED_STEP = 'Refused';
