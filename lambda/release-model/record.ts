import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ReleaseRecord, Target } from './decide';

/**
 * How long a holder may be silent. Every turn renews the lease, and a turn comes every few seconds even while a long
 * update is waited for, so only a dead holder lets it run out.
 */
export const LEASE_SECONDS = 300;

/** What a change of `desired` forgets: the count of tries, what rang, and why the one before was refused. */
const FORGET = '#attempts, #failures, #refused, #rang';

/**
 * The release record. Every write is one conditional update, so that repeated, late and simultaneous ones come out
 * right; it answers the record after it, or undefined when the condition did not hold and nothing was written.
 */
export type Records = ReturnType<typeof releaseRecord>;

export function releaseRecord(dynamo: DynamoDBDocumentClient, table: string) {
  const Key = { pk: 'release' };

  return {
    async read(): Promise<ReleaseRecord> {
      const { Item } = await dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return (Item ?? {}) as ReleaseRecord;
    },

    /**
     * Takes an approved version on: only if it is newer than every one before, and if it was compared with what shall
     * be in service. Both in one condition, or two versions compared with the same champion could both get in.
     *
     * @param champion package it was compared with, or `none`; undefined when a person insists
     */
    wantApproved(target: Target, champion: string | undefined) {
      const newer = '(attribute_not_exists(#seen) OR #seen < :version)';
      const fair =
        champion === 'none' ? 'attribute_not_exists(#desired)' : '#desired.#packageArn = :champion';
      return change(
        `SET #seen = :version, #desired = :desired REMOVE ${FORGET}`,
        champion === undefined ? newer : `${newer} AND ${fair}`,
        {
          ':version': target.version,
          ':desired': target,
          ...(champion === undefined || champion === 'none' ? {} : { ':champion': champion }),
        },
      );
    },

    /** Goes to a version taken on before. `seen` stays, so that a late copy of an approval does not undo this. */
    wantSeen(target: Target) {
      return change(`SET #desired = :desired REMOVE ${FORGET}`, '#seen >= :version', {
        ':version': target.version,
        ':desired': target,
      });
    },

    /** The same version under other settings. The hash is in `desired`, so a holder at work sees it too. */
    wantConfig(from: Target, config: string) {
      return change(`SET #desired.#config = :to REMOVE ${FORGET}`, '#desired.#config = :from', {
        ':from': from.config,
        ':to': config,
      });
    },

    /** Names what is wanted by other settings, for a config that was never made; nothing is forgotten. */
    rename(me: string, from: Target, config: string) {
      return change('SET #desired.#config = :to', '#holder = :me AND #desired.#config = :from', {
        ':me': me,
        ':from': from.config,
        ':to': config,
      });
    },

    /** Acquires or renews the lease and reads the record, in one call. */
    lease(me: string, now: number) {
      return change(
        'SET #holder = :me, #expires = :until',
        'attribute_not_exists(#holder) OR #holder = :me OR #expires < :now',
        { ':me': me, ':until': now + LEASE_SECONDS, ':now': now },
      );
    },

    /** Takes the lease of a holder known to be dead, without waiting for it to run out. */
    takeOver(me: string, dead: string, now: number) {
      return change('SET #holder = :me, #expires = :until', '#holder = :dead', {
        ':me': me,
        ':dead': dead,
        ':until': now + LEASE_SECONDS,
      });
    },

    /** Counts that the endpoint was sent to `desired`. */
    attempted: (me: string, desired: Target) => count('#attempts', me, desired),

    /** Counts an error that may pass. */
    failed: (me: string, desired: Target | undefined) => count('#failures', me, desired),

    /** Keeps which alarms rang while the endpoint went to `desired`; an alarm is over soon after AWS took it back. */
    heard(me: string, desired: Target | undefined, alarms: readonly string[]) {
      const still = same(desired);
      return change('SET #rang = :rang', `#holder = :me AND ${still.condition}`, {
        ':me': me,
        ':rang': alarms,
        ...still.values,
      });
    },

    /** A step went well: errors count only in a row. */
    calm(me: string) {
      return change('REMOVE #failures', '#holder = :me', { ':me': me });
    },

    /** Back to `current`; to nothing when the first release failed. */
    giveUp(me: string, { desired, current }: ReleaseRecord, why: string) {
      const back = current ? ', #desired = :current' : '';
      const forget = `#attempts, #failures, #rang${current ? '' : ', #desired'}`;
      const still = same(desired);
      return change(`SET #refused = :why${back} REMOVE ${forget}`, `#holder = :me AND ${still.condition}`, {
        ':me': me,
        ':why': why,
        ...still.values,
        ...(current ? { ':current': current } : {}),
      });
    },

    /**
     * Makes `desired` current and frees the lease, in the item and under the condition that nothing else is desired
     * by now: otherwise whoever asked for it in this moment would have been told that a holder sees to it.
     */
    finish(me: string, desired: Target | undefined) {
      const still = same(desired);
      return change(
        `${desired ? 'SET #current = :desired ' : ''}REMOVE #holder, #expires, ${FORGET}`,
        `#holder = :me AND ${still.condition}`,
        {
          ':me': me,
          ...still.values,
          ...(desired ? { ':desired': desired } : {}),
        },
      );
    },

    /** Ends without success where there is nothing to go back to; the next start begins to count anew. */
    abandon(me: string) {
      return change(`REMOVE #holder, #expires, ${FORGET}`, '#holder = :me', {
        ':me': me,
      });
    },

    /** Frees the lease and leaves the rest, for an error on the way: the retry goes on where this one stopped. */
    free(me: string) {
      return change('REMOVE #holder, #expires', '#holder = :me', { ':me': me });
    },
  };

  function count(counter: '#attempts' | '#failures', me: string, desired: Target | undefined) {
    const still = same(desired);
    return change(
      `SET ${counter} = if_not_exists(${counter}, :zero) + :one`,
      `#holder = :me AND ${still.condition}`,
      { ':me': me, ':zero': 0, ':one': 1, ...still.values },
    );
  }

  async function change(
    update: string,
    condition: string,
    values: Record<string, unknown>,
  ): Promise<ReleaseRecord | undefined> {
    // Every attribute is written as #name, so no word that DynamoDB reserves can ever be in the way.
    const names = `${update} ${condition}`.match(/#\w+/g) ?? [];
    try {
      const { Attributes } = await dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key,
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      return Attributes as ReleaseRecord;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }
}

/** A config's name says version and settings, so equal names are equal targets. */
function same(desired: Target | undefined) {
  return desired
    ? {
        condition: '#desired.#config = :config',
        values: { ':config': desired.config },
      }
    : { condition: 'attribute_not_exists(#desired)', values: {} };
}
