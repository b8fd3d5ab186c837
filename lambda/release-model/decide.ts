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
  /** Why the last desired target was given up, until the endpoint is back where it was. */
  readonly refused?: string;
}

/** What AWS says now. The record is a wish and a memory; only this is the truth. */
export interface Observed {
  readonly endpoint?: {
    readonly status: string;
    readonly config: string;
    readonly reason?: string;
  };
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
  | { readonly do: 'update endpoint'; readonly desired: Target }
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

/**
 * The next step towards `record.desired`, from what is seen now and never from what was done before.
 *
 * @param nameNow name of the config that the present settings give a version
 */
export function next(
  record: ReleaseRecord,
  observed: Observed,
  nameNow: (version: number) => string,
): Action {
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
    const nothingDone = tried === 0 && current?.config === desired.config;
    return nothingDone ? { do: 'finish' } : { do: 'smoke', desired };
  }
  if (tried >= MAX_ATTEMPTS) return { do: 'give up', why: wentBack(desired, endpoint) };
  return towards(desired, observed, nameNow(desired.version));
}

function towards(desired: Target, observed: Observed, configNow: string): Action {
  if (!observed.config && desired.config !== configNow) return { do: 'rename', desired, config: configNow };
  if (!observed.model) return { do: 'create model', desired };
  if (!observed.config) return { do: 'create config', desired };
  return observed.endpoint ? { do: 'update endpoint', desired } : { do: 'create endpoint', desired };
}

/** AWS calls an endpoint that silently rolled back InService, and often gives no reason. */
function wentBack({ config }: Target, endpoint: Observed['endpoint']): string {
  if (!endpoint) return `the endpoint disappeared on its way to ${config}`;
  const reason = endpoint.reason ? `: ${endpoint.reason}` : '';
  return `AWS took the endpoint back from ${config} to ${endpoint.config} (${endpoint.status}) by itself, ${MAX_ATTEMPTS} times${reason}`;
}
