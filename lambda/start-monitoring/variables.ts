import type { StartMonitoringEnv } from './contract';

/** Every variable of the contract, for the reader of the environment. */
export const VARIABLES: ReadonlyArray<keyof StartMonitoringEnv> = [
  'PROJECT',
  'ENVIRONMENT',
  'ENDPOINT_NAME',
  'STATE_TABLE',
  'ARTIFACTS_BUCKET',
  'RECORDS_BUCKET',
  'JOB_ROLE_ARN',
  'INSTANCE_TYPE',
  'KEY_ARN',
  'SUBNET_IDS',
  'SECURITY_GROUP_IDS',
  'TAGS',
  'METRIC_NAMESPACE',
];
