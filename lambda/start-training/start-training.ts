import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { championOf } from './champion';
import type { StartReason, StartTrainingEnv, StartTrainingResult } from './contract';
import { type Buckets, dataVersion, newRows, putIfAbsent } from './data-version';
import { parseEvent } from './event';
import { fingerprintOf, lastStart, NO_CHAMPION, startExecution, type Training, tokenOf } from './execution';
import { type Held, isAutomatic, permission, rulesFrom, tooFewRows } from './rules';
import { type StartItem, startItem } from './start-item';

export interface Dependencies {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly sns: SNSClient;
  readonly dynamo: DynamoDBDocumentClient;
  readonly env: StartTrainingEnv;
  /** The clock in milliseconds; `Date.now` unless a test says otherwise. */
  readonly now?: () => number;
}

/**
 * Starts the training pipeline, or says in a sentence why not.
 *
 * The same code, data and settings give the same model, so their hash, the fingerprint, decides whether a training is
 * worth its cost. A person (`manual`) may train the same again, but not while it runs. The right to start is one
 * conditional write: any number of simultaneous events start one execution.
 */
export function startTraining(deps: Dependencies) {
  const { env, s3, sagemaker } = deps;
  const now = deps.now ?? Date.now;
  const rules = rulesFrom(env);
  const buckets: Buckets = { artifacts: env.ARTIFACTS_BUCKET, records: env.RECORDS_BUCKET };
  const item = startItem(deps.dynamo, env.STATE_TABLE);

  return async (input: unknown): Promise<StartTrainingResult> => {
    const event = parseEvent(input);
    if (event.reason === 'merge') {
      // Kept even when this merge trains nothing: a later retraining uses the newest merged code.
      const { code, commit, author, data } = event;
      await item.note({ code, commit, author, data, merged: new Date(now()).toISOString() });
    }
    // Who loses the race for the claim looks again, and finds what the winner asked for.
    for (let tries = 0; tries < 5; tries++) {
      const result = await attempt(event.reason);
      if (result) return result;
    }
    throw new Error('other trainings were started five times while this one was decided: start again');
  };

  async function attempt(asked: StartReason): Promise<StartTrainingResult | undefined> {
    const before = await item.read();
    const allowed = permission(asked, before, rules, now());
    if ('outcome' in allowed) return hold(asked, allowed);

    const { reason, code } = allowed;
    const champion = await championOf(deps.dynamo, env.STATE_TABLE, sagemaker);
    const data = await dataVersion(s3, buckets, allowed.data);
    if (isAutomatic(reason) && champion) {
      const rows = await newRows(s3, buckets, data.labelled, champion.dataVersion);
      const few = tooFewRows(reason, rows, rules);
      if (few) return hold(asked, few);
    }
    const fingerprint = fingerprintOf(code, data.version, env.DEFINITION_HASH);
    const training: Training = { ...allowed, data, champion, fingerprint };
    const repeated = await repetition(training, before);
    return repeated ? hold(asked, repeated) : start(training, before);
  }

  /** Why this very training need not be started; undefined when it is to be. */
  async function repetition({ reason, champion, fingerprint }: Training, before: StartItem) {
    if (reason !== 'manual' && champion?.fingerprint === fingerprint) {
      const note = `nothing changed: ${champion.packageArn} was made from the same code, data and settings`;
      return { outcome: 'nothing changed', note } satisfies Held;
    }
    if (before.asked !== fingerprint) return undefined;
    const last = await lastStart(sagemaker, before, now());
    if (last === 'running') {
      const note = `the same training runs already: ${before.execution ?? 'it was asked for a moment ago'}`;
      return { outcome: 'already asked', note } satisfies Held;
    }
    if (last === 'succeeded' && reason !== 'manual') {
      const note = `${before.execution} trained the same code, data and settings: decide on its model package, or train again with {"reason":"manual"}`;
      return { outcome: 'already asked', note } satisfies Held;
    }
    return undefined;
  }

  async function start(training: Training, before: StartItem): Promise<StartTrainingResult | undefined> {
    const { reason, fingerprint } = training;
    const lost = before.asked === fingerprint && before.claim !== undefined && !before.execution;
    // A start that was lost may have reached SageMaker: the same token asks for the same execution.
    const token = lost && before.claim ? before.claim : tokenOf(reason, fingerprint, before.claim);
    const started = new Date(now()).toISOString();
    const claim = {
      asked: fingerprint,
      claim: token,
      execution: undefined,
      started,
      startedAutomatically: isAutomatic(reason) ? started : before.startedAutomatically,
    };
    if (!training.champion) await putIfAbsent(s3, buckets.artifacts, NO_CHAMPION.key, NO_CHAMPION.body);
    if (!(await item.claim(claim, before))) return undefined;
    let executionArn: string;
    try {
      executionArn = await startExecution(sagemaker, env, training, token);
    } catch (error) {
      await item.undo(token, before);
      log({ did: 'undo', reason, fingerprint, why: String(error) });
      throw error;
    }
    const note = `${reason} started ${executionArn}`;
    await item.started(token, executionArn, note);
    log({ did: 'started', reason, fingerprint, execution: executionArn });
    if (isAutomatic(reason)) await tell('retraining started', note);
    return { outcome: 'started', note, executionArn };
  }

  async function hold(asked: StartReason, { outcome, note, pending }: Held): Promise<StartTrainingResult> {
    log({ did: outcome, reason: asked, why: note });
    const change = lifts(outcome, asked) ? { pending: undefined } : pending && { pending };
    await item.note({ note, ...change });
    // The tick looks every day; the owner was told the first time.
    if (outcome === 'too few new rows' && asked !== 'tick') await tell(outcome, note);
    return { outcome, note };
  }

  async function tell(what: string, note: string) {
    try {
      const Subject = `${env.PIPELINE_NAME}: ${what}`.slice(0, 100);
      await deps.sns.send(new PublishCommand({ TopicArn: env.OWNER_TOPIC_ARN, Subject, Message: note }));
    } catch (error) {
      log({ did: 'not told', what, why: String(error) });
    }
  }
}

/** Whether nothing is left of what was held back before: it runs, it is done, or it is no longer wanted. */
function lifts(outcome: Held['outcome'], asked: StartReason): boolean {
  if (outcome === 'not configured') return asked === 'tick';
  return outcome === 'nothing changed' || outcome === 'already asked';
}

function log(decision: object) {
  console.log(JSON.stringify(decision));
}
