import { SFNClient } from '@aws-sdk/client-sfn';
import type { Access } from './access/access';
import { checkStateMachine } from './access/state-machine';
import type { Bridge } from './bridge/bridge';
import type { Alarms, Unevaluated } from './courier/alarms/alarms';
import type { Emulator } from './emulator/emulator';
import type { Schedules } from './schedules';
import type { Outputs } from './stage';

/** What a deployment must also satisfy, which the emulator does not check. */
interface Judgement {
  readonly unevaluated: readonly Unevaluated[];
  /** Reasons for which the deployment counts as failed. */
  readonly violations: readonly string[];
}

/** Looks at what was deployed: roles of state machines and schedules, alarms, and what was only recorded. */
export async function judge(
  parts: {
    readonly emulator: Emulator;
    readonly access: Access;
    readonly alarms: Alarms;
    readonly bridge: Bridge;
  },
  schedules: Schedules,
  strict: boolean,
  outputs: Outputs,
): Promise<Judgement> {
  const [unevaluated, scheduled, denials] = await Promise.all([
    parts.alarms.adopt(),
    schedules.denials(),
    checkStateMachine(parts.access, new SFNClient(parts.emulator.client), outputs.ReleaseStateMachineArn),
  ]);
  const recorded = parts.bridge
    .resources()
    .filter((resource) => resource.played === 'recorded' && resource.reviewed === undefined)
    .map(({ stack, logicalId, type }) => `--strict: ${stack}/${logicalId} (${type}) was only recorded`);
  return { unevaluated, violations: [...scheduled, ...denials, ...(strict ? recorded : [])] };
}
