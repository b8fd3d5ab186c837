/** Environment of the function behind `POST /v1/predictions`. */
export interface InvokeModelEnv {
  ENDPOINT_NAME: string;
  /** Holds the release record; says whether a model was ever in service. */
  STATE_TABLE: string;
  /** Remembers each answer by inference id and by the caller's reference; no payload. */
  INFERENCES_TABLE: string;
  /** Comma-separated columns a request must carry. */
  FIELDS: string;
  /** Comma-separated columns an answer carries. */
  TARGETS: string;
  /** Days a correction may follow an answer. */
  KEEP_DAYS: string;
}

/** Largest accepted request body, in bytes. SageMaker's runtime takes 6 MB; a mail is far smaller. */
export const MAX_BODY_BYTES = 256 * 1024;

export interface Prediction {
  readonly value: string;
  /** Calibrated probability of `value`, 0 to 1. */
  readonly confidence: number;
}

/** Request and reply of the model's container on `/invocations`, the same for every kind that classifies rows. */
export interface ContainerRequest {
  readonly rows: ReadonlyArray<Readonly<Record<string, string>>>;
}
export interface ContainerReply {
  readonly modelVersion: number;
  readonly predictions: ReadonlyArray<Readonly<Record<string, Prediction>>>;
}

/** Reply of `POST /v1/predictions`. */
export interface PredictionReply {
  readonly inferenceId: string;
  readonly modelVersion: number;
  readonly output: Readonly<Record<string, Prediction>>;
}

/** Item of the inferences table: `pk` is `inference#<id>`, or `reference#<caller's reference>` pointing at the latest id. */
export interface InferenceItem {
  readonly pk: string;
  readonly inferenceId: string;
  readonly modelVersion: number;
  /** ISO time of the answer. */
  readonly answered: string;
  /** Epoch seconds after which DynamoDB deletes the item. */
  readonly expires: number;
}
