import type { Resource, StackTemplate } from '../assembly/assembly';
import type { Usage } from './assumptions';
import type { Prices } from './price-table';

/** When something is paid: every month, by use, for each training, for each merge. */
export type When = 'rest' | 'use' | 'training' | 'merge';

/** One thing that costs something. */
export interface Cost {
  readonly when: When;
  readonly what: string;
  /** US dollars: a month (`rest`, `use`), or each time. */
  readonly usd: number;
  /** The most it can be. @default - the same */
  readonly most?: number;
  /** How it comes about. */
  readonly how: string;
  readonly source: string;
}

/** What a pricer looks at. */
export interface Priced {
  readonly id: string;
  readonly resource: Resource;
  readonly stack: StackTemplate;
  readonly prices: Prices;
  readonly usage: Usage;
}

/** What resources cost, or an instance type that the table does not have. */
export type Findings = readonly (Cost | { readonly unpriced: string })[];
