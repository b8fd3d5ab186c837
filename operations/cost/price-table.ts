import prices from './prices.json';

/** What something costs, and who says so. */
interface Price {
  /** US dollars for the unit in the item's name; instances an hour. */
  readonly usd: number;
  /** Where the number is from, for a person. */
  readonly source: string;
}

/** What is priced besides instances, by the unit it is priced in. */
export type Item = keyof (typeof prices)['regions']['us-east-1']['items'];

/** Prices of one region. */
export interface Prices {
  /** The region whose list it is: the asked one, or the reference where the table does not have it. */
  readonly list: string;
  item(item: Item): Price;
  /** Undefined where no list has the type. */
  instance(type: string): Price | undefined;
}

interface Region {
  readonly name: string;
  /** Ratio to the reference's prices of instances, for those that this region's list does not have. */
  readonly instances_factor?: number;
  readonly instances: Readonly<Record<string, Listed>>;
  readonly items: Readonly<Record<Item, Listed>>;
}

interface Listed {
  readonly usd: number;
  readonly source: string;
}

const REGIONS: Readonly<Record<string, Region>> = prices.regions;
const REFERENCE: Region = prices.regions['us-east-1'];
const SOURCES: Readonly<Record<string, { readonly url: string; readonly as_of: string }>> = prices.sources;

/** The day that the prices were looked up. */
export const PRICES_DATE = prices.date;

/** Types that cost nothing by themselves, with the reason. */
export const FREE: Readonly<Record<string, string>> = prices.free;

/** Types that cost by use, with where the use is counted. */
export const BY_USE: Readonly<Record<string, string>> = prices.by_use;

/** The prices of a region; those of the reference region where the table does not have it. */
export function pricesOf(region: string): Prices {
  const own = REGIONS[region];
  const { instances, items, instances_factor: factor } = own ?? REFERENCE;
  return {
    list: own ? region : prices.reference,
    item: (item) => priced(items[item]),
    instance: (type) => {
      const listed = instances[type];
      if (listed) return priced(listed);
      const reference = REFERENCE.instances[type];
      if (!reference || factor === undefined) return undefined;
      const usd = Math.round(reference.usd * factor * 1000) / 1000;
      return { usd, source: `${prices.reference} × ${factor}: ${sourceOf(reference.source)}` };
    },
  };
}

const priced = ({ usd, source }: Listed): Price => ({ usd, source: sourceOf(source) });

function sourceOf(id: string): string {
  const source = SOURCES[id];
  return source ? `${source.url} (${source.as_of})` : id;
}
