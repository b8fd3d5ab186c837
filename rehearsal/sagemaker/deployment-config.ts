import type { UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import { invalid, notRehearsed } from './errors';
import type { Valid, World } from './world';

type DeploymentConfig = NonNullable<Valid<UpdateEndpointInput>['DeploymentConfig']>;

/** A canary, as it will be played. */
export interface Bake {
  /** Instances that take requests first, of those of the new fleet. */
  readonly share: number;
  /** Seconds until the rest follows. */
  readonly seconds: number;
  /** Seconds that the old fleet is kept afterwards. */
  readonly lastLook: number;
  readonly alarms: readonly string[];
}

/** The part of a fleet that a canary may be at most. */
const LARGEST = 0.5;

/**
 * What a deployment config asks for; undefined for all at once, without a bake.
 *
 * @param instances those of the new fleet
 * @throws the ValidationException of AWS for what it does not allow, and one for what is not rehearsed
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
 */
export function bakeOf(deployment: DeploymentConfig | undefined, instances: number): Bake | undefined {
  if (deployment?.RollingUpdatePolicy) throw notRehearsed('A rolling update');
  const policy = deployment?.BlueGreenUpdatePolicy;
  const routing = policy?.TrafficRoutingConfiguration;
  if (!policy || !routing) return undefined;
  if (routing.Type === 'LINEAR') throw notRehearsed('A linear update');
  const seconds = routing.Type === 'CANARY' ? routing.WaitIntervalInSeconds : 0;
  const lastLook = policy.TerminationWaitInSeconds ?? 0;
  const longest = policy.MaximumExecutionTimeoutInSeconds;
  if (longest !== undefined && longest <= seconds + lastLook) {
    throw invalid(
      `MaximumExecutionTimeoutInSeconds (${longest}) must be larger than the total waiting time specified in TerminationWaitInSeconds and WaitIntervalInSeconds (${seconds + lastLook})`,
    );
  }
  const alarms = (deployment.AutoRollbackConfiguration?.Alarms ?? []).flatMap(
    ({ AlarmName }) => AlarmName ?? [],
  );
  return { share: shareOf(routing, instances), seconds, lastLook, alarms };
}

type Routing = NonNullable<DeploymentConfig['BlueGreenUpdatePolicy']>['TrafficRoutingConfiguration'];

function shareOf({ Type, CanarySize: size }: Routing, instances: number): number {
  if (Type !== 'CANARY') return 1;
  if (!size) throw invalid('CanarySize is required for the traffic routing type CANARY');
  const share = size.Type === 'INSTANCE_COUNT' ? size.Value / instances : size.Value / 100;
  if (share <= LARGEST) return share;
  throw invalid(
    `CanarySize must be less than or equal to 50% of the variant's total instance count, got ${size.Value} (${size.Type}) of ${instances}`,
  );
}

/** Waits a part of a canary, shortened, and says which of its alarms rang meanwhile; none means that it went well. */
export async function bake(world: World, { alarms }: Bake, seconds: number): Promise<readonly string[]> {
  const { closing, options } = world;
  const until = Date.now() + seconds * 1000 * (options.bakeWaitFactor ?? 0.002);
  for (;;) {
    const { ringing = [] } = (await options.alarms?.(alarms)) ?? {};
    if (ringing.length > 0) return ringing;
    const left = until - Date.now();
    if (left <= 0 || closing.aborted) return [];
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LOOK_MS)));
  }
}

const LOOK_MS = 50;

/** An alarm that is named must be there: AWS refuses the update otherwise. */
export async function assertAlarms(world: World, alarms: readonly string[]): Promise<void> {
  const { missing = [] } = (await world.options.alarms?.(alarms)) ?? {};
  if (missing.length > 0)
    throw invalid(`The alarms ${missing.join(', ')} do not exist in this account and region`);
}
