/** The parts of S3 that SageMaker needs, acting as one role. */
export interface ObjectStore {
  list(bucket: string, prefix: string): Promise<Array<{ key: string; size: number; etag: string }>>;
  download(bucket: string, key: string, file: string): Promise<void>;
  upload(bucket: string, key: string, file: string, kmsKey?: string): Promise<void>;
  put(bucket: string, key: string, body: Buffer | string, kmsKey?: string): Promise<void>;
  get(bucket: string, key: string): Promise<Buffer>;
}

/** An event as EventBridge hands it to a rule's targets. */
export interface AwsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.sagemaker';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A question to IAM: may this caller do this to that resource? */
export interface PermissionQuestion {
  /** `app/<id>` of the client's User-Agent, `key/<id>` of its access key, or `role:<arn>` where a pipeline acts. */
  readonly caller: string | undefined;
  readonly action: string;
  readonly resource: string;
  /** Condition keys that only this service can know. @default - none */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export interface LocalSageMakerOptions {
  readonly account: string;
  readonly region: string;
  /** Where jobs and model servers live; made if absent, never emptied. */
  readonly directory: string;
  /** Where the logs of jobs and model servers go. @default - `logs` below the directory */
  readonly logs?: string;
  /** @default - a free port */
  readonly port?: number;
  /**
   * Path of botocore's `sagemaker/2017-07-24/service-2.json` or `.json.gz`. That of Application Auto Scaling is looked for
   * beside it, as botocore has them.
   */
  readonly serviceModel: string;
  /** The interpreter that stands in for each image; any other image fails its job or endpoint. */
  readonly images: ReadonlyMap<string, { readonly python: string }>;
  /** S3 as this role sees it; the caller's own view for `undefined`. What it throws becomes the failure reason. */
  store(roleArn: string | undefined): Promise<ObjectStore>;
  emit(event: AwsEvent): void;
  /** Returns the text of the denial, or nothing where it is allowed. @default - everything is allowed */
  authorize?(question: PermissionQuestion): Promise<string | undefined>;
  /** ARN of the identity behind a caller; undefined where nobody knows it. @default - nobody is known */
  identify?(caller: string | undefined): Promise<string | undefined>;
  /** Which of these CloudWatch alarms ring now, and which do not exist. @default - all exist and none rings */
  alarms?(names: readonly string[]): Promise<{ ringing: readonly string[]; missing: readonly string[] }>;
  log(line: string): void;
  /** Milliseconds a model server has until `/ping` answers 200. AWS gives minutes. @default 20000 */
  readonly pingTimeoutMs?: number;
  /** Factor on the waits that a pipeline's retry policies ask for. @default 0.001, so that 300 s take 0.3 s */
  readonly retryWaitFactor?: number;
  /** Factor on the waits of a canary. @default 0.002, so that ten minutes take 1.2 s */
  readonly bakeWaitFactor?: number;
}

/** A running local SageMaker. */
export interface LocalSageMaker {
  readonly url: string;
  /** Starts the interpreter of an image and imports what a folder's Python files import, ahead of the first job. */
  warm(image: string, folder: string): Promise<void>;
  /** Writes every captured record that still waits for its file. */
  flushCapture(): Promise<void>;
  /** Ends jobs, model servers and the HTTP server. */
  stop(): Promise<void>;
}
