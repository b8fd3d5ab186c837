import type { StartReason, StartTrainingEnv, StartTrainingResult } from './contract';
import type { AutomaticReason } from './event';
import type { StartItem } from './start-item';

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof StartTrainingEnv> = [
  'PIPELINE_NAME',
  'MODEL_PACKAGE_GROUP',
  'ARTIFACTS_BUCKET',
  'RECORDS_BUCKET',
  'STATE_TABLE',
  'OWNER_TOPIC_ARN',
  'SERVE_IMAGE',
  'DEFINITION_HASH',
  'RETRAIN_ON',
  'COOLDOWN_HOURS',
  'MIN_NEW_ROWS',
];

/** What a project decides about retraining, parsed from the environment once. */
export interface Rules {
  /** Reasons that may start a training; `manual` always may. */
  readonly on: readonly string[];
  readonly cooldownHours: number;
  readonly minNewRows: number;
}

/** @throws when a number cannot be read; names the variable and its value */
export function rulesFrom(env: StartTrainingEnv): Rules {
  return {
    on: env.RETRAIN_ON.split(',').map((reason) => reason.trim()),
    cooldownHours: numberIn(env, 'COOLDOWN_HOURS'),
    minNewRows: numberIn(env, 'MIN_NEW_ROWS'),
  };
}

function numberIn(env: StartTrainingEnv, name: 'COOLDOWN_HOURS' | 'MIN_NEW_ROWS'): number {
  const value = Number(env[name]);
  if (env[name].trim() !== '' && value >= 0) return value;
  throw new Error(`${name} must be a number of at least 0, got '${env[name]}'`);
}

export function isAutomatic(reason: StartReason): reason is AutomaticReason {
  return reason === 'schedule' || reason === 'drift' || reason === 'quality';
}

/** The end of an event that trains nothing, with what it leaves for the daily tick. */
export interface Held {
  readonly outcome: Exclude<StartTrainingResult['outcome'], 'started'>;
  readonly note: string;
  readonly pending?: AutomaticReason | undefined;
}

/** The reason to go on with and what to train, or why not. Looks at the item only: the costly questions come after. */
export type Permission =
  | {
      readonly reason: Exclude<StartReason, 'tick'>;
      readonly code: string;
      readonly commit: string;
      readonly author: string | undefined;
      readonly data: string;
    }
  | Held;

/**
 * The rules that need no look at data or models.
 *
 * The cooldown counts from the last *automatic* start. From the last start of any kind, a day with one merge would
 * push every retraining away, and a drifting model would wait for the team to rest. A merge and a person are never held.
 */
export function permission(asked: StartReason, item: StartItem, rules: Rules, now: number): Permission {
  const reason = asked === 'tick' ? item.pending : asked;
  if (!reason) return { outcome: 'nothing pending', note: 'no retraining was held back' };
  if (reason !== 'manual' && !rules.on.includes(reason)) {
    const note = `${reason} is not in retrain.on (${rules.on.join(', ')}): nothing was started`;
    return { outcome: 'not configured', note };
  }
  const { code, commit, author, data } = item;
  if (!code || !commit || !data) {
    const note = 'no merge has said yet which code and data to train: run the delivery once';
    return { outcome: 'nothing to train', note };
  }
  if (isAutomatic(reason) && item.startedAutomatically) {
    const until = Date.parse(item.startedAutomatically) + rules.cooldownHours * 3_600_000;
    if (now < until) {
      const note = `${reason} is held back until ${new Date(until).toISOString()}, ${rules.cooldownHours} h after the last automatic retraining`;
      return { outcome: 'cooling down', note, pending: reason };
    }
  }
  return { reason, code, commit, author, data };
}

/**
 * Whether there is too little to learn. Drift and quality stay pending, since their alarms speak once and the rows may
 * come tomorrow; a schedule comes again by itself.
 */
export function tooFewRows(reason: AutomaticReason, rows: number, rules: Rules): Held | undefined {
  if (rows >= rules.minNewRows) return undefined;
  const note = `${reason} asked for a retraining, but there are ${rows} labelled rows that the model in service has not seen and min_new_rows is ${rules.minNewRows}: send more corrections, or start with {"reason":"manual"}`;
  return { outcome: 'too few new rows', note, pending: reason === 'schedule' ? undefined : reason };
}
