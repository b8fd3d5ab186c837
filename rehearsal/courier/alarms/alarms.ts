import {
  CloudWatchClient,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import type { Emulator } from '../../emulator/emulator';
import type { Courier } from '../courier';
import { stateChange, type Transition } from './announcement';
import { datapoints } from './series';
import { alarmState, COMPARISONS, FURTHER_PERIODS } from './state';

/** An alarm whose state nothing here decides. */
export interface Unevaluated {
  readonly alarm: string;
  readonly reason: string;
}

export interface Alarms {
  /**
   * Takes the deployed alarms over from the emulator, which ignores dimensions, periods and missing data: its own
   * judgement then has no effect. Call it after every deployment.
   *
   * @returns the alarms that are not evaluated, to be reported
   */
  adopt(): Promise<Unevaluated[]>;
  /**
   * Decides every alarm's state as CloudWatch would. On a change, sets it (which notifies the alarm's topics) and sends
   * the event `CloudWatch Alarm State Change`.
   *
   * @param since turns to a new period that began then: what was published before belongs to an earlier one
   */
  evaluate(options?: { readonly since?: Date }): Promise<Transition[]>;
  /** The states as decided here. */
  states(): ReadonlyMap<string, StateValue>;
}

export interface AlarmsSettings {
  readonly emulator: Pick<Emulator, 'client' | 'account' | 'region'>;
  readonly courier: Pick<Courier, 'send'>;
}

interface Adopted {
  readonly actions: boolean;
  state: StateValue;
  /** When that state began. */
  since: Date;
}

/** Evaluates the simple metric alarms of the deployed templates, exactly. */
export function alarmsOf({ emulator, courier }: AlarmsSettings): Alarms {
  const client = new CloudWatchClient(emulator.client);
  const adopted = new Map<string, Adopted>();
  const turns: Date[] = [];

  async function adopt(): Promise<Unevaluated[]> {
    const alarms = await described(client);
    for (const alarm of alarms.filter(isEvaluated)) {
      const name = alarm.AlarmName ?? '';
      if (alarm.ActionsEnabled) await client.send(new DisableAlarmActionsCommand({ AlarmNames: [name] }));
      const known = adopted.get(name);
      adopted.set(name, {
        actions: alarm.ActionsEnabled || (known?.actions ?? false),
        state: known?.state ?? 'INSUFFICIENT_DATA',
        since: known?.since ?? new Date(),
      });
    }
    return alarms.flatMap((alarm) => {
      const reason = whyNot(alarm);
      return reason ? [{ alarm: alarm.AlarmName ?? '', reason }] : [];
    });
  }

  /** The emulator acts on a change only: it is brought to the old state in silence, then to the new one aloud. */
  async function change(AlarmName: string, own: Adopted, to: StateValue, StateReason: string): Promise<void> {
    await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: own.state, StateReason }));
    if (own.actions) await client.send(new EnableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
    await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: to, StateReason }));
    if (own.actions) await client.send(new DisableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
  }

  async function evaluateOne(alarm: MetricAlarm, now: Date): Promise<Transition | undefined> {
    const name = alarm.AlarmName ?? '';
    const own = adopted.get(name);
    if (!own) return undefined;
    const periods = alarm.EvaluationPeriods ?? 1;
    const points = await datapoints(client, alarm, periods + FURTHER_PERIODS, turns, now);
    const rule = {
      evaluationPeriods: periods,
      datapointsToAlarm: alarm.DatapointsToAlarm ?? periods,
      threshold: alarm.Threshold ?? 0,
      comparison: alarm.ComparisonOperator ?? 'GreaterThanThreshold',
      missingData: alarm.TreatMissingData ?? 'missing',
    };
    const to = alarmState(points, rule, own.state);
    const reason = `${alarm.MetricName} of the last periods: ${points.map((point) => point ?? 'missing').join(', ')}; ${rule.comparison} ${rule.threshold}`;
    if (to === own.state) {
      // The emulator's own judgement may have moved it meanwhile.
      if (alarm.StateValue !== to) {
        await client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: to, StateReason: reason }));
      }
      return undefined;
    }
    const transition = { alarm: name, from: own.state, to, reason };
    await change(name, own, to, reason);
    const announced = stateChange(alarm, transition, { from: own.since, to: now });
    own.state = to;
    own.since = now;
    await courier.send(announced);
    return transition;
  }

  return {
    adopt,
    async evaluate({ since } = {}) {
      await adopt();
      if (since && since > (turns.at(-1) ?? new Date(0))) turns.push(since);
      const now = new Date();
      const transitions: Transition[] = [];
      for (const alarm of (await described(client)).filter(isEvaluated)) {
        const transition = await evaluateOne(alarm, now);
        if (transition) transitions.push(transition);
      }
      return transitions;
    },
    states: () => new Map([...adopted].map(([name, { state }]) => [name, state])),
  };
}

const isEvaluated = (alarm: MetricAlarm): boolean => whyNot(alarm) === undefined;

/** Why an alarm is not evaluated here; undefined when it is. */
function whyNot(alarm: MetricAlarm): string | undefined {
  if (!alarm.MetricName) return 'kept; metric math is not evaluated here';
  // The emulator says Average beside any percentile.
  if (!alarm.Statistic || alarm.ExtendedStatistic)
    return `the statistic ${alarm.ExtendedStatistic} is not evaluated; use Sum, Average, Minimum, Maximum or SampleCount`;
  if (!COMPARISONS[alarm.ComparisonOperator ?? ''])
    return `the comparison ${alarm.ComparisonOperator} is not evaluated`;
  return undefined;
}

async function described(client: CloudWatchClient): Promise<MetricAlarm[]> {
  const alarms: MetricAlarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
    { client },
    { AlarmTypes: ['MetricAlarm'] },
  )) {
    alarms.push(...MetricAlarms);
  }
  return alarms;
}
