/** Environment of the function that decides the next step of a release. */
export interface ReleaseModelEnv {
  /** `<project>-<environment>`; also the prefix of model and endpoint config names. */
  ENDPOINT_NAME: string;
  MODEL_PACKAGE_GROUP: string;
  STATE_TABLE: string;
  OWNER_TOPIC_ARN: string;
  /** Role the model's container runs as. */
  MODEL_ROLE_ARN: string;
  INSTANCE_TYPE: string;
  /** Instances at rest. */
  INSTANCES_MIN: string;
  /** Instances under load; equal to the minimum where nothing scales. */
  INSTANCES_MAX: string;
  /** Requests a minute and instance that scaling aims at; without effect where nothing scales. */
  INVOCATIONS_PER_INSTANCE: string;
  RELEASE: 'all_at_once' | 'canary';
  /** Minutes that a canary is watched before the rest of the traffic follows. */
  BAKE_MINUTES: string;
  /** Comma-separated names of the alarms that take a canary back. */
  ROLLBACK_ALARMS: string;
  /** Who approves: policy, or a person, who must then be another than the author of the change. */
  APPROVAL: 'auto' | 'person';
  /** Destination of data capture, `s3://<records bucket>/capture`. */
  CAPTURE_URI: string;
  /** Key for captured records, and for the volume of instances that take one. */
  KEY_ARN: string;
  /** Comma-separated. */
  SUBNET_IDS: string;
  SECURITY_GROUP_IDS: string;
  /** Comma-separated columns the model reads; the smoke request fills each of them. */
  FIELDS: string;
  /** Comma-separated columns the model predicts; the smoke reply must carry each of them. */
  TARGETS: string;
  /** JSON object of tags for models, configs and the endpoint. */
  TAGS: string;
}

type ReleaseReason = 'approval' | 'configuration' | 'rollback' | 'resume';

/** What the state machine is started with (by the approval rule, delivery, a person, or the resume rule). */
export interface ReleaseRequest {
  readonly reason: ReleaseReason;
  /** For `approval`: the package whose approval changed. A hint; the package is described again. */
  readonly packageArn?: string;
  /** For `rollback`: the version to go back to. */
  readonly version?: number;
  /** A person insists: release although the package was compared with another champion than the current one. */
  readonly insist?: boolean;
}

/** One turn of the state machine. */
export interface ReleaseTurn {
  readonly request: ReleaseRequest;
  /** ARN of the state machine's execution; it holds the lease. */
  readonly holder: string;
  /** True only on the first turn, which records what is wanted. */
  readonly first: boolean;
}

export interface ReleaseTurnResult {
  /** `wait`: come back in `seconds`. `done`: nothing left to do. `refused`: the release failed, `message` says why. */
  readonly next: 'wait' | 'done' | 'refused';
  readonly seconds: number;
  readonly message: string;
}

/** Classes of a target, and what became of them over the versions that were in service. */
export interface TargetClasses {
  /** What the model can answer. `since`: ISO time from which the first model that knew it was in service. */
  readonly classes: ReadonlyArray<{ readonly name: string; readonly since: string }>;
  /** ISO time of the last change of the classes; of their first listing where there was none. */
  readonly changed: string;
  /** What an earlier model could answer and this one cannot, the latest first. */
  readonly removed: ReadonlyArray<{ readonly name: string; readonly since: string; readonly until: string }>;
}

/** Item `targets` of the state table, beside its key: what the model in service can answer. */
export interface TargetsItem {
  readonly modelVersion: number;
  readonly targets: Readonly<Record<string, TargetClasses>>;
}
