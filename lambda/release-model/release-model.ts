import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ReleaseTurn, ReleaseTurnResult } from './contract';
import { type Action, MAX_FAILURES, next, type ReleaseRecord, type Target, type Wishes } from './decide';
import { type Clients, endpointOf } from './endpoint';
import { meaningOf, sentenceOf } from './errors';
import { releaseRecord } from './record';
import { nameOf } from './requests';
import type { Settings } from './settings';
import { smokeRequest } from './smoke';
import { targetsRecord } from './targets-record';
import { type Wanted, want } from './want';

export interface Dependencies extends Clients {
  readonly runtime: SageMakerRuntimeClient;
  readonly states: SFNClient;
  readonly sns: SNSClient;
  readonly dynamo: DynamoDBDocumentClient;
  /** Reads what the evaluation of a version says of its classes. */
  readonly s3: S3Client;
  readonly settings: Settings;
  /** The clock in milliseconds; `Date.now` unless a test says otherwise. */
  readonly now?: () => number;
}

/** Seconds between two looks at an endpoint that is being changed; a change takes minutes. */
const WAIT_SECONDS = 15;

/** Steps in one turn, far above the seven of a release; more means that two parties pull in different directions. */
const MAX_STEPS = 20;

/**
 * Brings the endpoint to the version and settings that are wanted, one turn at a time.
 *
 * It compares what is wanted with what is there and takes one step, again and again: it does not remember what it
 * did. So it may be called too often, too late, in any order and by many at once, and be cut off anywhere.
 */
export function releaseModel(deps: Dependencies) {
  const { settings } = deps;
  const now = deps.now ?? Date.now;
  const records = releaseRecord(deps.dynamo, settings.table);
  const endpoint = endpointOf(deps, settings);
  const targets = targetsRecord(deps, settings.table);
  const wishes: Wishes = {
    nameOf: (version) => nameOf(settings, version),
    scaling: settings.scaling,
  };

  return async (turn: ReleaseTurn): Promise<ReleaseTurnResult> => {
    try {
      if (!turn.first) return await reconcile(turn.holder);
      const wanted = await record(turn);
      if (wanted.outcome === 'ignored') return result('done', wanted.note);
      if (wanted.outcome === 'refused') {
        await tell('refused', wanted.note);
        return result('refused', wanted.note);
      }
      const first = await reconcile(turn.holder);
      return { ...first, message: `${wanted.note}; ${first.message}` };
    } catch (error) {
      // Nobody may be blocked by this; the retry of the state machine takes the lease again.
      await records.free(turn.holder).catch((cause) => log({ did: 'not freed', why: sentenceOf(cause) }));
      throw error;
    }
  };

  async function record({ request, holder }: ReleaseTurn): Promise<Wanted> {
    try {
      const wanted = await want({ sagemaker: deps.sagemaker, records, settings }, request, holder);
      log({ did: wanted.outcome, reason: request.reason, why: wanted.note });
      return wanted;
    } catch (error) {
      if (error instanceof DynamoDBServiceException || meaningOf(error) === 'passing') throw error;
      return { outcome: 'refused', note: sentenceOf(error) };
    }
  }

  async function reconcile(me: string): Promise<ReleaseTurnResult> {
    for (let step = 0; step < MAX_STEPS; step++) {
      const held = await lease(me);
      if ('other' in held) return result('done', `${held.other} is at work and sees what is wanted`);
      const end = await takeStep(me, held.record);
      if (end) return end;
    }
    return result('wait', 'many steps in one turn');
  }

  /** Acquires or renews the lease, or tells who holds it; a holder that no longer runs is taken over at once. */
  async function lease(me: string): Promise<{ record: ReleaseRecord } | { other: string }> {
    const seconds = Math.floor(now() / 1000);
    const mine = await records.lease(me, seconds);
    if (mine) return { record: mine };
    const { holder } = await records.read();
    if (!holder) return lease(me);
    if (await runs(holder)) return { other: holder };
    log({ did: 'take over', holder: me, from: holder });
    const taken = await records.takeOver(me, holder, seconds);
    return taken ? { record: taken } : lease(me);
  }

  async function runs(executionArn: string): Promise<boolean> {
    try {
      const { status } = await deps.states.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING';
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return false;
      throw error;
    }
  }

  /** Looks, decides, acts. Answers a result when the turn ends with this step. */
  async function takeStep(me: string, record: ReleaseRecord): Promise<ReleaseTurnResult | undefined> {
    try {
      const observed = await endpoint.observe(record.desired, (record.attempts ?? 0) > 0);
      const known = await remembered(me, record, observed.ringing);
      const action = next(known, observed, wishes);
      log({
        ...action,
        holder: me,
        version: record.desired?.version,
        endpoint: observed.endpoint,
        ...(observed.ringing && { ringing: observed.ringing }),
      });
      const end = await act(me, known, action);
      if (record.failures) await records.calm(me);
      return end;
    } catch (error) {
      if (error instanceof DynamoDBServiceException) throw error;
      return stumble(me, record, error);
    }
  }

  /** The record with the alarms that ring now: when AWS has taken the endpoint back, they may ring no more. */
  async function remembered(me: string, record: ReleaseRecord, rings: readonly string[] = []) {
    const rang = record.rang ?? [];
    const more = rings.filter((name) => !rang.includes(name));
    if (more.length === 0) return record;
    return (await records.heard(me, record.desired, [...rang, ...more])) ?? record;
  }

  async function act(me: string, record: ReleaseRecord, action: Action) {
    switch (action.do) {
      case 'wait':
        return result('wait', action.why);
      case 'rename':
        await records.rename(me, action.desired, action.config);
        return;
      case 'create model':
        await endpoint.createModel(action.desired);
        return;
      case 'create config':
        await endpoint.createConfig(action.desired);
        return;
      case 'create endpoint':
        await endpoint.createEndpoint(action.desired);
        return sent(me, action.desired);
      case 'update endpoint': {
        const unguarded = await endpoint.updateEndpoint(action.desired, action);
        if (unguarded.length > 0) log({ did: 'not guarded by', alarms: unguarded, why: 'they ring already' });
        return sent(me, action.desired);
      }
      case 'scale':
        await endpoint.scale(action.to);
        return;
      case 'delete endpoint':
        await endpoint.deleteEndpoint();
        return result('wait', action.why);
      case 'smoke': {
        const wrong = await smokeRequest(deps.runtime, settings, action.desired.version);
        return wrong ? giveUp(me, record, wrong) : finish(me, record);
      }
      case 'give up':
        // AWS seldom says why a container was not healthy; the container may have.
        return giveUp(
          me,
          record,
          `${action.why}; what the container wrote is in the log group /aws/sagemaker/Endpoints/${settings.endpoint}`,
        );
      case 'finish':
        return finish(me, record);
    }
  }

  /**
   * Ends the turn: for a moment AWS may still describe the endpoint as it was, which looks like a rollback. Counted
   * after the call, so that a call that was refused does not count.
   */
  async function sent(me: string, desired: Target) {
    await records.attempted(me, desired);
    return result('wait', `the endpoint goes to ${desired.config}`);
  }

  async function stumble(me: string, record: ReleaseRecord, error: unknown) {
    const meaning = meaningOf(error);
    log({ did: 'stumble', holder: me, meaning, why: sentenceOf(error) });
    if (meaning === 'busy') return result('wait', 'the endpoint is being changed');
    if (meaning === 'passing') {
      const counted = await records.failed(me, record.desired);
      if ((counted?.failures ?? 0) < MAX_FAILURES) return result('wait', sentenceOf(error));
    }
    return giveUp(me, record, sentenceOf(error));
  }

  /** Wants the current model again; undefined lets the next step bring the endpoint back to it. */
  async function giveUp(me: string, record: ReleaseRecord, why: string) {
    const { desired, current } = record;
    // What failed now is the way back itself, or what was in service before.
    if (!desired || record.refused || desired.config === current?.config) {
      const message = `${record.refused ?? 'nothing new was wanted'}; the endpoint could not be put right: ${why}`;
      if (await records.abandon(me)) await tell('endpoint needs a person', message);
      return result('refused', message);
    }
    const back = current ? `version ${current.version} is put back` : 'no version is in service';
    const message = `version ${desired.version} was not released: ${why}; ${back}`;
    if (await records.giveUp(me, record, message)) await tell('refused', message);
    return;
  }

  /** Frees the lease, unless something else is wanted by now; undefined lets the next step see to that. */
  async function finish(me: string, { desired, current, refused }: ReleaseRecord) {
    if (desired) await listTargets(desired);
    if (!(await records.finish(me, desired))) return;
    if (refused) return result('refused', refused);
    if (!desired) return result('done', 'no version is wanted');
    const message = `version ${desired.version} is in service with ${desired.config}`;
    if (desired.config !== current?.config) await tell('released', message);
    return result('done', message);
  }

  /** While the lease is held, so that the last to come into service is the last to write. */
  async function listTargets(inService: Target) {
    try {
      const done = await targets.keep(inService, new Date(now()).toISOString());
      if (done) log({ did: 'list targets', version: inService.version, why: done });
    } catch (error) {
      // A list that is late must not undo a release: the end of every later run, such as that of a delivery, tries again.
      log({ did: 'targets not listed', version: inService.version, why: sentenceOf(error) });
    }
  }

  async function tell(what: string, message: string) {
    log({ did: 'tell', what, why: message });
    try {
      const Subject = `${settings.endpoint}: ${what}`.slice(0, 100);
      await deps.sns.send(
        new PublishCommand({
          TopicArn: settings.ownerTopicArn,
          Subject,
          Message: message,
        }),
      );
    } catch (error) {
      // The record is written and the log has the words: a mail that fails must not undo a release.
      log({ did: 'not told', what, why: sentenceOf(error) });
    }
  }
}

function result(next: ReleaseTurnResult['next'], message: string): ReleaseTurnResult {
  return { next, seconds: WAIT_SECONDS, message };
}

function log(decision: object) {
  console.log(JSON.stringify(decision));
}
