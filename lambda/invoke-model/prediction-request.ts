import { type Fault, isObject, kindOf, RequestRefused } from '../http';
import { MAX_INPUTS } from './contract';
import { type Item, named, parseItem } from './prediction-item';

/** One mail, whose answer may be explained. */
export interface SingleRequest {
  readonly many: false;
  readonly item: Item;
  readonly explain: boolean;
}

/** Several mails in the caller's order: each is one to be asked about, or what is wrong with it. */
export interface BatchRequest {
  readonly many: true;
  readonly items: ReadonlyArray<Item | readonly Fault[]>;
}

/**
 * Reads the body of `POST /v1/predictions`: one `input`, or `inputs`.
 *
 * @param fields the columns the model reads
 * @throws RequestRefused 400 with every fault of the body, not only the first. A fault of one of several mails is that
 *   mail's, and refuses nothing else
 */
export function parsePredictionRequest(
  body: unknown,
  fields: readonly string[],
): SingleRequest | BatchRequest {
  if (!isObject(body)) {
    throw refused([
      {
        message: `the body is ${kindOf(body)}: send an object {"input": {…}} or {"inputs": [{"input": {…}}]}`,
      },
    ]);
  }
  return Object.hasOwn(body, 'inputs') ? parseBatch(body, fields) : parseSingle(body, fields);
}

function parseSingle(body: Readonly<Record<string, unknown>>, fields: readonly string[]): SingleRequest {
  const item = parseItem(body, fields);
  const faults = [
    ...unknownKeys(body, ['input', 'reference', 'explain']),
    ...(isItem(item) ? [] : item),
    ...explainFaults(body.explain),
  ];
  if (!isItem(item) || faults.length > 0) throw refused(faults);
  return { many: false, item, explain: body.explain === true };
}

function parseBatch(
  { inputs, ...others }: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): BatchRequest {
  const faults: Fault[] = Object.keys(others).map((key) => ({
    field: named(key),
    message:
      key === 'explain'
        ? 'explain is for one input: ask again for the one to be explained'
        : `${named(key)} is unknown beside inputs: send input or inputs, and a reference with each of these`,
  }));
  if (!Array.isArray(inputs) || inputs.length < 1 || inputs.length > MAX_INPUTS) {
    const given = Array.isArray(inputs) ? `has ${inputs.length} items` : `is ${kindOf(inputs)}`;
    throw refused([
      ...faults,
      { field: 'inputs', message: `inputs ${given}: give a list of 1 to ${MAX_INPUTS}` },
    ]);
  }
  if (faults.length > 0) throw refused(faults);

  const first = new Map<unknown, number>();
  const items = inputs.map((item: unknown, index) => {
    if (!isObject(item)) return [{ message: `the item is ${kindOf(item)}: give an object {"input": {…}}` }];
    const { reference } = item;
    const twin = reference === undefined ? undefined : first.get(reference);
    if (twin === undefined) first.set(reference, index);
    return checked(item, fields, twin);
  });
  return { many: true, items };
}

/** @param twin place of an earlier item of the same reference: a correction could not tell the two apart */
function checked(
  item: Record<string, unknown>,
  fields: readonly string[],
  twin: number | undefined,
): Item | readonly Fault[] {
  const parsed = parseItem(item, fields);
  const faults = [
    ...unknownKeys(item, ['input', 'reference']),
    ...(isItem(parsed) ? [] : parsed),
    ...(twin === undefined
      ? []
      : [
          {
            field: 'reference',
            message: `reference is that of inputs[${twin}]: give each its own, or leave it out`,
          },
        ]),
  ];
  return isItem(parsed) && faults.length === 0 ? parsed : faults;
}

/** Whether it is a mail, rather than what is wrong with one. */
export function isItem(parsed: Item | readonly Fault[]): parsed is Item {
  return !Array.isArray(parsed);
}

function unknownKeys(body: Readonly<Record<string, unknown>>, allowed: readonly string[]): Fault[] {
  return Object.keys(body)
    .filter((key) => !allowed.includes(key))
    .map((key) => ({
      field: named(key),
      message: `${named(key)} is unknown: allowed are ${allowed.slice(0, -1).join(', ')} and ${allowed.at(-1)}`,
    }));
}

function explainFaults(explain: unknown): Fault[] {
  if (explain === undefined || typeof explain === 'boolean') return [];
  return [{ field: 'explain', message: `explain is ${kindOf(explain)}: give true, or leave it out` }];
}

function refused(faults: readonly Fault[]): RequestRefused {
  return new RequestRefused(400, 'invalid_request', faults);
}
