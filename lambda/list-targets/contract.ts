import type { TargetsItem } from '../release-model/contract';

/** Environment of the function behind `GET /v1/targets`. */
export interface ListTargetsEnv {
  /** Holds the item `targets`, which a release writes, and the release record. */
  STATE_TABLE: string;
}

/** Reply of `GET /v1/targets`: what the model of this version can answer. */
export type TargetsReply = TargetsItem;
