/** Item `monitor` of the state table: how far captured records and feedback have been looked at. */
export interface MonitorRecord {
  readonly pk: 'monitor';
  /** Key of the last captured file that was judged. */
  readonly captureThrough?: string;
  /**
   * Key of the last captured file that was given to a job. Later than `captureThrough` while some wait for a
   * window to fill; only a file after this one is a reason to start a job.
   */
  readonly captureListed?: string;
  /** ISO time at which the last feedback object that was taken had been stored. */
  readonly feedbackThrough?: string;
  /** Marks of the feedback objects stored shortly before that and taken too. */
  readonly feedbackRecent?: readonly string[];
  /** Name of the job that was started last. */
  readonly job?: string;
}

/** Item `monitor#<job>`: written before the job starts; what its success advances. */
export interface MonitorJobRecord
  extends Pick<MonitorRecord, 'captureListed' | 'feedbackThrough' | 'feedbackRecent'> {
  readonly pk: `monitor#${string}`;
  /** What `judged_through` of the report is relative to. */
  readonly capturePrefix: string;
  /** ISO time until which one delivery of the job's last event may work on it alone. */
  readonly claimedUntil?: string;
  /** ISO time at which the job's outcome was recorded; nothing is left to do. */
  readonly finished?: string;
}
