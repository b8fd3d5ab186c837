import type { RecordMetricsEnv } from './contract';

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof RecordMetricsEnv> = [
  'PROJECT',
  'ENVIRONMENT',
  'STATE_TABLE',
  'ARTIFACTS_BUCKET',
  'METRIC_NAMESPACE',
  'OWNER_TOPIC_ARN',
];
