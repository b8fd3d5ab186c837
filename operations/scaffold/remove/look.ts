import type { Platform } from '../../../lib/config/platform';
import { type Access, accessTo, type ClientConfig, NoAccess } from '../../aws/credentials';
import { pricesOf } from '../../cost/price-table';
import { type Leftover, leftoversOf } from './leftovers';
import { endpointOf, type RunningEndpoint } from './models';
import { type Place, placesOf } from './places';
import { stackStatus } from './stacks';

/** What a project has in one place now. */
export interface Seen {
  readonly place: Place;
  /** Stacks that are there, in the order in which they go. */
  readonly stacks: readonly string[];
  readonly endpoint?: RunningEndpoint | undefined;
  /** What the endpoint costs a month. @default - no endpoint, or no price is known for its instances */
  readonly monthlyUsd?: number | undefined;
  /** What is there and outlives the stacks. */
  readonly kept: readonly Leftover[];
  readonly access: Access;
}

/** A place that could not be looked at. */
export interface Unseen {
  readonly place: Place;
  readonly why: string;
}

/** Hours of a month, as AWS's own calculator counts them. */
const HOURS = 730;

/**
 * Looks at all that a project has, and changes nothing.
 *
 * @param base what every client is made with besides, such as an endpoint. @default - nothing
 */
export async function lookAt(
  platform: Platform,
  project: string,
  base: Omit<Partial<ClientConfig>, 'region'> = {},
): Promise<{ readonly seen: readonly Seen[]; readonly unseen: readonly Unseen[] }> {
  const looked = await Promise.all(
    placesOf(platform, project).map(async (place): Promise<Seen | Unseen> => {
      try {
        return await lookInto(place, await accessTo(place, base));
      } catch (error) {
        if (error instanceof NoAccess) return { place, why: error.message };
        throw error;
      }
    }),
  );
  return {
    seen: looked.filter((each): each is Seen => 'access' in each),
    unseen: looked.filter((each): each is Unseen => 'why' in each),
  };
}

async function lookInto(place: Place, access: Access): Promise<Seen> {
  const { config } = access;
  const statuses = await Promise.all(place.stacks.map((name) => stackStatus(config, name)));
  const stacks = place.stacks.filter((_, index) => statuses[index] !== undefined);
  const [endpoint, kept] = await Promise.all([
    place.models === undefined ? undefined : endpointOf(config, place.models),
    leftoversOf(config, place, stacks.length > 0),
  ]);
  return {
    place,
    access,
    stacks,
    endpoint,
    monthlyUsd: endpoint && monthly(endpoint, place.region),
    kept,
  };
}

function monthly({ instances }: RunningEndpoint, region: string): number | undefined {
  const prices = pricesOf(region);
  const each = instances.map(({ type, count }) => {
    const hourly = prices.instance(type)?.usd;
    return hourly === undefined ? undefined : hourly * count * HOURS;
  });
  if (each.length === 0 || each.includes(undefined)) return undefined;
  return each.reduce<number>((sum, usd) => sum + (usd ?? 0), 0);
}

/** Whether nothing is left to take away in a place. */
export const isBare = ({ stacks, endpoint }: Seen): boolean => stacks.length === 0 && endpoint === undefined;
