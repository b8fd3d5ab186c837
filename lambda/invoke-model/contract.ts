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

/**
 * Largest accepted request body, in bytes. API Gateway takes 10 MB; Lambda takes 6 MB of event, in which the body is a
 * text within JSON and so up to twice as long; SageMaker's runtime takes 6 MB, and gets no more than came.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
 */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Most mails in one request: what a model that needs a third of a second for each still answers within 22 s. */
export const MAX_INPUTS = 50;

/** Largest reply of the container that is read, in bytes; fifty answers are far below, and Lambda replies with 6 MB at most. */
export const MAX_REPLY_BYTES = 1024 * 1024;

export interface Prediction {
  readonly value: string;
  /** Calibrated probability of `value`, 0 to 1. */
  readonly confidence: number;
  /** Whether the model is less sure than the project demands: `value` is its best guess then. */
  readonly abstained: boolean;
}

/** One answer: a prediction by target. */
export type Output = Readonly<Record<string, Prediction>>;

/** Why an answer was given. */
export interface Explanation {
  readonly targets: Readonly<
    Record<
      string,
      {
        readonly value: string;
        /**
         * Words of the mail, those that spoke for `value` first. `weight`: what the logarithm of the odds of `value` loses
         * without them; below 0 they spoke against it.
         */
        readonly pieces: ReadonlyArray<{ readonly text: string; readonly weight: number }>;
      }
    >
  >;
  /** What the model did not read, such as a signature or a quoted mail: by which rule, and how many characters. */
  readonly removed: ReadonlyArray<{
    readonly field: string;
    readonly rule: string;
    readonly characters: number;
    /** How the piece begins, up to 120 characters. */
    readonly text: string;
  }>;
  /** False where time was up before every piece was weighed. */
  readonly complete: boolean;
}

/** Request and reply of the model's container on `/invocations`, the same for every kind that classifies rows. */
export interface ContainerRequest {
  readonly rows: ReadonlyArray<Readonly<Record<string, string>>>;
  /** Tells readers of captured records that the ids of the answers are `<inference id>.<row>`, also where the row is one. */
  readonly batch?: true;
  readonly explain?: true;
}
export interface ContainerReply {
  readonly modelVersion: number;
  /** A row that could not be answered has an `error` instead. Models of before abstaining was known lack `abstained`. */
  readonly predictions: ReadonlyArray<
    Readonly<Record<string, Omit<Prediction, 'abstained'> & Partial<Prediction>>> | { readonly error: string }
  >;
  readonly explanations?: readonly Explanation[];
}

/** Reply of `POST /v1/predictions` to one input. */
export interface PredictionReply {
  readonly inferenceId: string;
  readonly modelVersion: number;
  readonly output: Output;
  /** Only where it was asked for, and the model in service can explain itself. */
  readonly explanation?: Explanation;
}

/** Reply of `POST /v1/predictions` to several inputs, in their order. */
export interface PredictionsReply {
  /** Absent where no input was good enough to be asked. */
  readonly modelVersion?: number;
  readonly results: ReadonlyArray<Result>;
}

/** What became of one input of several. */
export type Result =
  | { readonly inferenceId: string; readonly output: Output; readonly correctable?: false }
  | { readonly error: { readonly code: string; readonly message: string; readonly field?: string } };

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
