import { invalid } from './errors';
import type { Fields } from './service-model';

/** What a List operation shows. */
export interface Listing {
  readonly records: Iterable<Fields>;
  /** Member of the response that holds the list. */
  readonly as: string;
  /** Member that names a record. */
  readonly name: string;
  readonly status?: string;
  /** Where the request says nothing. */
  readonly order: 'Ascending' | 'Descending';
}

/** Documented for ListEndpoints; the others say nothing, and a client must follow NextToken anyway. */
const PAGE = 10;

/** Filters, sorts and cuts records as SageMaker's List operations do. */
export function page(input: Fields, { records, as, name, status, order }: Listing): Fields {
  const sortBy =
    input.SortBy === 'Name' ? name : input.SortBy === 'Status' ? status : (input.SortBy ?? 'CreationTime');
  const direction = (input.SortOrder ?? order) === 'Ascending' ? 1 : -1;
  const found = [...records]
    .map((record, index) => ({ record, index }))
    .filter(({ record }) => matches(record, input, name, status))
    .sort(
      (a, b) =>
        direction * (compare(a.record[String(sortBy)], b.record[String(sortBy)]) || a.index - b.index),
    )
    .map(({ record }) => record);
  const start = offset(input.NextToken);
  const end = start + Number(input.MaxResults ?? PAGE);
  return {
    [as]: found.slice(start, end),
    ...(end < found.length && { NextToken: Buffer.from(String(end)).toString('base64') }),
  };
}

function matches(record: Fields, input: Fields, name: string, status: string | undefined): boolean {
  const created = Number(record.CreationTime);
  const modified = Number(record.LastModifiedTime ?? record.CreationTime);
  const after = (bound: unknown, time: number) => bound === undefined || time > Number(bound);
  const before = (bound: unknown, time: number) => bound === undefined || time < Number(bound);
  return (
    after(input.CreationTimeAfter ?? input.CreatedAfter, created) &&
    before(input.CreationTimeBefore ?? input.CreatedBefore, created) &&
    after(input.LastModifiedTimeAfter, modified) &&
    before(input.LastModifiedTimeBefore, modified) &&
    (input.NameContains === undefined || String(record[name]).includes(String(input.NameContains))) &&
    (input.PipelineNamePrefix === undefined ||
      String(record[name]).startsWith(String(input.PipelineNamePrefix))) &&
    (input.StatusEquals === undefined || record[status ?? ''] === input.StatusEquals)
  );
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function offset(token: unknown): number {
  if (token === undefined) return 0;
  const value = Number(Buffer.from(String(token), 'base64').toString());
  if (!Number.isInteger(value) || value < 0)
    throw invalid('Invalid NextToken; use the one of the last response');
  return value;
}
