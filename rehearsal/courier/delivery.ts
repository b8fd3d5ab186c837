import type { AwsEvent } from './event';

/** What became of an event: one record for each target of each rule it matched, or one that says no rule did. */
export interface Delivery {
  readonly event: AwsEvent;
  readonly rule?: string;
  /** ARN of the target. */
  readonly target?: string;
  readonly outcome: 'delivered' | 'denied' | 'failed' | 'no rule';
  /** Times it was tried. */
  readonly attempts: number;
  /** Why it was denied or failed. */
  readonly reason?: string;
  /** ARN of the dead-letter queue that has the event now. */
  readonly deadLetterQueue?: string;
}
