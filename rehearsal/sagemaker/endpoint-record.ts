import { messageOf } from './errors';
import { type Fleet, FleetFailure } from './fleet';
import type { Fields } from './service-model';
import { seconds, type World } from './world';

/** An endpoint: what it is said to be, and what answers for it. */
export interface Endpoint {
  readonly record: Fields;
  fleet: Fleet | undefined;
  /** What takes a share of the requests while a canary bakes. */
  canary?: { readonly fleet: Fleet; readonly share: number } | undefined;
}

/** Every fleet of an endpoint that answers. */
export const fleetsOf = ({ fleet, canary }: Endpoint): Fleet[] =>
  [fleet, canary?.fleet].filter((one) => one !== undefined);

/** The fleet that answers the next request. */
export const fleetFor = ({ fleet, canary }: Endpoint): Fleet | undefined =>
  canary && Math.random() < canary.share ? canary.fleet : fleet;

/** Why a fleet did not come up, or went back. */
export const reasonOf = (error: unknown): string =>
  error instanceof FleetFailure ? error.message : messageOf(error).slice(0, 1024);

/** Brings an endpoint to another status and says so. */
export function move(world: World, record: Fields, status: string, change: Fields = {}): void {
  Object.assign(record, change, { EndpointStatus: status, LastModifiedTime: seconds() });
  announce(world, record);
}

/** The event writes the status in another way than the API: `IN_SERVICE`. */
export function announce(world: World, record: Fields): void {
  world.emit('SageMaker Endpoint State Change', [String(record.EndpointArn)], {
    EndpointName: record.EndpointName,
    EndpointArn: record.EndpointArn,
    EndpointConfigName: record.EndpointConfigName,
    EndpointStatus: String(record.EndpointStatus)
      .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
      .toUpperCase(),
    ...(record.FailureReason !== undefined && { FailureReason: record.FailureReason }),
    CreationTime: Math.round(Number(record.CreationTime) * 1000),
    LastModifiedTime: Math.round(Number(record.LastModifiedTime) * 1000),
    Tags: Object.fromEntries(world.tags.get(String(record.EndpointArn)) ?? []),
  });
}
