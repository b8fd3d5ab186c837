/** Environment of the scheduled function that starts a monitoring job over what was captured since the last one. */
export interface StartMonitoringEnv {
  PROJECT: string;
  ENVIRONMENT: string;
  ENDPOINT_NAME: string;
  STATE_TABLE: string;
  ARTIFACTS_BUCKET: string;
  RECORDS_BUCKET: string;
  /** Role of the monitoring job. */
  JOB_ROLE_ARN: string;
  INSTANCE_TYPE: string;
  KEY_ARN: string;
  /** Comma-separated. */
  SUBNET_IDS: string;
  SECURITY_GROUP_IDS: string;
  /** JSON object of tags for the job. */
  TAGS: string;
  /** CloudWatch namespace of the heartbeat, the same as in record-metrics. */
  METRIC_NAMESPACE: string;
}

export interface StartMonitoringResult {
  readonly outcome: 'started' | 'skipped';
  readonly note: string;
  readonly jobName?: string;
}
