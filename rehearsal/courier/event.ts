import { randomUUID } from 'node:crypto';

/** An event as EventBridge hands it to a rule's targets. */
export interface AwsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a service says of an event; the envelope is EventBridge's. */
export type Announcement = Pick<AwsEvent, 'source' | 'detail-type' | 'resources' | 'detail'>;

/** Puts an event into EventBridge's envelope. */
export function enveloped(
  announcement: Announcement,
  { account, region }: { readonly account: string; readonly region: string },
): AwsEvent {
  // EventBridge writes whole seconds.
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return { version: '0', id: randomUUID(), account, time, region, ...announcement };
}
