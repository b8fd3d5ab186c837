/** What nobody knows before it happened, and an estimate has to assume. */
export interface Usage {
  /** Requests a month to each project in each environment. */
  readonly requests: number;
  /** Merges a month of each project; each trains in every environment. */
  readonly merges: number;
}

export const USUAL: Usage = { requests: 100_000, merges: 4 };

/** AWS's own number of hours in a month. */
export const HOURS = 730;

/** Days in a month, on average. */
export const DAYS = 30.4;

/** Minutes that a processing job is paid for. */
export const JOB_MINUTES = 5;

/** Part of the longest time allowed that a training usually takes. */
export const TRAINING_SHARE = 0.25;

/** What spare capacity usually saves; AWS says "up to 90 %". */
export const SPOT_DISCOUNT = 0.6;

/** Gigabytes of an endpoint's volume: SageMaker chooses it where an instance has no drives of its own. */
export const ENDPOINT_VOLUME_GB = 30;

/** Gigabytes in each bucket, and in each image repository. */
export const STORED_GB = 1;
export const IMAGES_GB = 3;

/** What one request takes: function time, log lines, records. */
export const REQUEST = { lambdaGbSeconds: 0.1, logKilobytes: 3, reads: 1, writes: 1, puts: 1 } as const;

/** Minutes of an action of the delivery pipeline; those that wait for a training take longer. */
export const ACTION_MINUTES = 4;
export const WAITING_MINUTES = 30;

/** The assumptions as sentences, for everybody who reads the numbers. */
export function assumptions({ requests, merges }: Usage): string[] {
  return [
    `at rest: a model is in service (${HOURS} h of the fewest instances) and nobody asks it; nothing to look at, so no monitoring job`,
    `in use: ${requests} requests a month to each project in each environment, each ${REQUEST.logKilobytes} KB of logs; monitoring jobs of ${JOB_MINUTES} min`,
    `a training: processing jobs of ${JOB_MINUTES} min, training ${TRAINING_SHARE * 100} % of max_hours, spot ${SPOT_DISCOUNT * 100} % cheaper; "at most" is every job at its limit without spot`,
    `a month: at rest, in use, and the trainings of the calendar and of ${merges} merges; retraining by drift or quality comes on top`,
    `a merge: ${ACTION_MINUTES} min an action, ${WAITING_MINUTES} min where it waits for a training`,
    `stored: ${STORED_GB} GB a bucket, ${IMAGES_GB} GB an image repository, ${ENDPOINT_VOLUME_GB} GB an endpoint's instance without drives`,
    'left out: free tiers, taxes, support, data transfer, savings plans, KMS requests',
  ];
}
