import type { StartMonitoringEnv } from '../../../lambda/start-monitoring/contract';

/** The environment of a monitored project, with short names. */
export const settings: StartMonitoringEnv = {
  PROJECT: 'tickets',
  ENVIRONMENT: 'dev',
  ENDPOINT_NAME: 'tickets-dev',
  STATE_TABLE: 'state',
  ARTIFACTS_BUCKET: 'artifacts',
  RECORDS_BUCKET: 'records',
  JOB_ROLE_ARN: 'arn:aws:iam::111122223333:role/tickets-dev-monitor',
  INSTANCE_TYPE: 'ml.m5.large',
  KEY_ARN: 'key',
  SUBNET_IDS: 'subnet-1,subnet-2',
  SECURITY_GROUP_IDS: 'sg-1',
  TAGS: '{"mlops:project":"tickets"}',
  METRIC_NAMESPACE: 'MLOps',
};
