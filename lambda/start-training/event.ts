import { START_REASONS, type StartReason, type StartTrainingEvent } from './contract';

/** Reasons nobody asked for in person: held by the cooldown and by the count of new rows. */
export type AutomaticReason = Extract<StartReason, 'schedule' | 'drift' | 'quality'>;

/** The characters that a package's metadata take. */
const NAMED = /^[0-9A-Za-z_.:/=+@-]{1,256}$/;

const MERGE_PARTS = {
  code: { form: /^[0-9a-f]{64}$/, meaning: 'the sha256 of the uploaded code bundle' },
  commit: { form: NAMED, meaning: 'the commit that was merged' },
  author: { form: NAMED, meaning: "the e-mail of the commit's author, which may be left out" },
  data: {
    form: /^data\/base\/[0-9a-f]{64}\/$/,
    meaning: 'the prefix of the staged data, data/base/<sha256>/',
  },
} as const;

/**
 * Reads the event of a rule, a schedule, a delivery or a person.
 *
 * @throws what is wrong, what was given and what is allowed: all of them send a fixed input, so a wrong one is a
 *   mistake in the sender and not something to guess at
 */
export function parseEvent(event: unknown): StartTrainingEvent {
  const given = (event ?? {}) as Record<string, unknown>;
  const reason = START_REASONS.find((known) => known === given.reason);
  if (!reason) {
    const got = JSON.stringify(given.reason) ?? 'none';
    throw new Error(`unknown reason ${got}: use one of ${START_REASONS.join(', ')}`);
  }
  if (reason !== 'merge') return { reason };
  return {
    reason,
    code: part(given, 'code'),
    commit: part(given, 'commit'),
    ...(given.author !== undefined && { author: part(given, 'author') }),
    data: part(given, 'data'),
  };
}

function part(given: Record<string, unknown>, key: keyof typeof MERGE_PARTS): string {
  const value = given[key];
  const { form, meaning } = MERGE_PARTS[key];
  if (typeof value === 'string' && form.test(value)) return value;
  throw new Error(
    `a merge needs ${key}, ${meaning} (${form.source}); got ${JSON.stringify(value) ?? 'none'}`,
  );
}
