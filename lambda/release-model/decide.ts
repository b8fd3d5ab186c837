import type { Scaling } from './settings';

/** A model version with its settings: what may be in service. The config's name says both. */
export interface Target {
  readonly version: number;
  readonly packageArn: string;
  /** Name of the endpoint config, and of the model in it: `<project>-<environment>-v<version>-<hash of settings>`. */
  readonly config: string;
}

/** The release record, one item of the state table. Other functions read `current` and nothing else. */
export interface ReleaseRecord {
  /** Highest version ever approved and taken on; a late or repeated approval is not above it. */
  readonly seen?: number;
  /** What shall be in service. Absent before the first approval, and after a first release that failed. */
  readonly desired?: Target;
  /** What passed its smoke request last. */
  readonly current?: Target;
  /** The state machine's execution that works on the record, while it holds the lease. */
  readonly holder?: string;
  /** Epoch seconds; the lease is anyone's after that. */
  readonly expires?: number;
  /** How often the endpoint was sent to `desired`. */
  readonly attempts?: number;
  /** Errors of AWS in a row that may pass by themselves. */
  readonly failures?: number;
  /** Alarms that rang while the endpoint went to `desired`: AWS takes it back for them, and seldom says so. */
  readonly rang?: readonly string[];
  /** Why the last desired target was given up, until the endpoint is back where it was. */
  readonly refused?: string;
}

/** What AWS says now. The record is a wish and a memory; only this is the truth. */
export interface Observed {
  readonly endpoint?: {
    readonly status: string;
    readonly config: string;
    readonly reason?: string;
    /** Instances it has, or is about to have. */
    readonly instances?: number;
  };
  /** Alarms that ring now, of those that may take the update back which is under way or was the last. */
  readonly ringing?: readonly string[];
  /** How the endpoint scales; undefined where it does not. */
  readonly scaling?: Scaling;
  /** Whether the model and the config that `desired` names exist. */
  readonly model: boolean;
  readonly config: boolean;
}

export type Action =
  | { readonly do: 'wait'; readonly why: string }
  /** Name the target by the settings the function has now: those it was recorded with are gone. */
  | { readonly do: 'rename'; readonly desired: Target; readonly config: string }
  | { readonly do: 'create model'; readonly desired: Target }
  | { readonly do: 'create config'; readonly desired: Target }
  | { readonly do: 'create endpoint'; readonly desired: Target }
  /** `careful`: callers meet this version for the first time here, so a canary is worth its time. */
  | {
      readonly do: 'update endpoint';
      readonly desired: Target;
      readonly careful: boolean;
      readonly live: number;
    }
  /** Scale like this, or not at all. */
  | { readonly do: 'scale'; readonly to: Scaling | undefined }
  | { readonly do: 'delete endpoint'; readonly why: string }
  /** Ask the model; a right answer makes `desired` current, a wrong one gives it up. */
  | { readonly do: 'smoke'; readonly desired: Target }
  | { readonly do: 'give up'; readonly why: string }
  | { readonly do: 'finish' };

/**
 * How often an endpoint is sent to the same target. Twice, because a rollback does not say its cause: a lack of
 * capacity passes, a container that never answers does not, and each try takes many minutes.
 */
export const MAX_ATTEMPTS = 2;

/** Errors in a row that may pass by themselves (throttling, a fault of the service) before the target is given up. */
export const MAX_FAILURES = 5;

/** States in which SageMaker refuses every change. @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
const BUSY = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** What the present settings ask for, whatever the version. */
export interface Wishes {
  /** Name of the config that they give a version. */
  nameOf(version: number): string;
  /** Undefined where the number of instances is fixed. */
  readonly scaling: Scaling | undefined;
}

/** The next step towards `record.desired`, from what is seen now and never from what was done before. */
export function next(record: ReleaseRecord, observed: Observed, wishes: Wishes): Action {
  const { desired, current } = record;
  const { endpoint } = observed;
  if (endpoint && BUSY.includes(endpoint.status)) {
    return {
      do: 'wait',
      why: `the endpoint is ${endpoint.status} with ${endpoint.config}`,
    };
  }
  if (!desired) {
    // A first release was given up: no model that failed its test stays reachable.
    return endpoint && record.refused && !current
      ? { do: 'delete endpoint', why: 'no model passed yet' }
      : { do: 'finish' };
  }
  const tried = record.attempts ?? 0;
  if (endpoint?.status === 'Failed') {
    // AWS accepts nothing but a deletion in this state; the next turn creates the endpoint anew.
    const why = `the endpoint failed with ${endpoint.config}: ${endpoint.reason ?? 'AWS gave no reason'}`;
    return tried >= MAX_ATTEMPTS ? { do: 'give up', why } : { do: 'delete endpoint', why };
  }
  if (endpoint?.status === 'InService' && endpoint.config === desired.config) {
    if (!sameScaling(observed.scaling, wishes.scaling)) return { do: 'scale', to: wishes.scaling };
    const nothingDone = tried === 0 && current?.config === desired.config;
    return nothingDone ? { do: 'finish' } : { do: 'smoke', desired };
  }
  // Callers met this version once and an alarm rang: they are not asked to bear it a second time.
  const rang = tried > 0 && (record.rang?.length ?? 0) > 0;
  if (rang || tried >= MAX_ATTEMPTS) return { do: 'give up', why: wentBack(record, desired, endpoint) };
  return towards(record, desired, observed, wishes.nameOf(desired.version));
}

function towards(record: ReleaseRecord, desired: Target, observed: Observed, configNow: string): Action {
  const { endpoint } = observed;
  if (!observed.config && desired.config !== configNow) return { do: 'rename', desired, config: configNow };
  if (!observed.model) return { do: 'create model', desired };
  if (!observed.config) return { do: 'create config', desired };
  if (!endpoint) return { do: 'create endpoint', desired };
  // A target that scales makes AWS refuse an update to another instance type, and scales nothing during any update.
  if (observed.scaling) return { do: 'scale', to: undefined };
  return {
    do: 'update endpoint',
    desired,
    careful: isForward(record, desired),
    live: endpoint.instances ?? 0,
  };
}

/**
 * Whether callers are about to meet something new. The way back to what served them before is taken at once: it stops
 * harm, and the alarms that may be ringing then would take it back in turn.
 */
function isForward({ current, refused }: ReleaseRecord, desired: Target): boolean {
  return !refused && !!current && desired.version >= current.version && desired.config !== current.config;
}

function sameScaling(there: Scaling | undefined, wanted: Scaling | undefined): boolean {
  if (!there || !wanted) return there === wanted;
  return there.min === wanted.min && there.max === wanted.max && there.perInstance === wanted.perInstance;
}

/** AWS calls an endpoint that silently rolled back InService, and often gives no reason. */
function wentBack(record: ReleaseRecord, { config }: Target, endpoint: Observed['endpoint']): string {
  if (!endpoint) return `the endpoint disappeared on its way to ${config}`;
  const reason = endpoint.reason ? `: ${endpoint.reason}` : '';
  const back = `AWS took the endpoint back from ${config} to ${endpoint.config} (${endpoint.status})`;
  const alarms = record.rang ?? [];
  if (alarms.length === 0) return `${back} by itself, ${record.attempts} times${reason}`;
  const plural = alarms.length > 1 ? 'alarms' : 'alarm';
  return `${back}, since the ${plural} ${alarms.join(' and ')} rang while callers were asked to try it${reason}`;
}
