/** Environment of the function behind `POST /v1/feedback`. */
export interface RecordFeedbackEnv {
  INFERENCES_TABLE: string;
  RECORDS_BUCKET: string;
  /** Key that encrypts the records bucket. */
  KEY_ARN: string;
  /** Comma-separated columns that can be corrected. */
  TARGETS: string;
}

/** Most corrections one call may carry. */
export const MAX_CORRECTIONS = 100;

/** One correction: which answer, by id or by the caller's reference, and the right value of one or more targets. */
export interface Correction {
  readonly inferenceId?: string;
  readonly reference?: string;
  readonly correction: Readonly<Record<string, string>>;
}
