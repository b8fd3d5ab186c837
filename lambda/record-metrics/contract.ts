/** Environment of the function that turns a finished monitoring job's report into CloudWatch metrics. */
export interface RecordMetricsEnv {
  PROJECT: string;
  ENVIRONMENT: string;
  STATE_TABLE: string;
  ARTIFACTS_BUCKET: string;
  METRIC_NAMESPACE: string;
  OWNER_TOPIC_ARN: string;
}

/** Metrics with the dimensions `Project` and `Environment`, and nothing else. */
export const METRICS = {
  /** Median over the windows of the largest statistic relative to its threshold; above 1 is drift. */
  drift: 'DriftScore',
  /** Largest lower bound on a target's reported error relative to its upper bound at the gate; above 1 is worse. */
  quality: 'QualityScore',
  /** Records looked at. */
  records: 'MonitoredRecords',
  /** One for each run of the monitor, also when it had nothing to look at. */
  heartbeat: 'MonitorRuns',
} as const;

/** `report.json` of the monitoring job. */
export interface MonitorReport {
  readonly records: number;
  readonly windows: number;
  readonly window_size: number;
  /** Key of the last captured file that was judged, relative to the capture prefix; null while too few records wait. */
  readonly judged_through: string | null;
  readonly sentence: string;
  readonly drift: {
    readonly score: number | null;
    readonly statistics: Readonly<Record<string, { value: number; threshold: number; ratio: number }>>;
  };
  readonly quality: {
    readonly score: number | null;
    readonly targets: Readonly<
      Record<string, { corrected: number; wrong: number; records: number; score: number | null }>
    >;
  };
  readonly labelled_rows: number;
}
