import { isRecord } from './template';

/** JSON pointers of the numbers and truth values in a resource's properties. */
export interface Primitives {
  readonly number: readonly string[];
  readonly boolean: readonly string[];
}

/**
 * Finds numbers and truth values: CloudFormation hands a custom resource all of them as text, and the bridge turns them
 * back by this list.
 */
export function primitives(properties: unknown): Primitives {
  const found = { number: [] as string[], boolean: [] as string[] };
  walk(properties, '', found);
  return found;
}

function walk(value: unknown, pointer: string, found: { number: string[]; boolean: string[] }): void {
  if (typeof value === 'number') found.number.push(pointer);
  if (typeof value === 'boolean') found.boolean.push(pointer);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${pointer}/${index}`, found);
  }
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    // Both branches take the place of the condition; every other function yields text.
    if (key === 'Fn::If' && Array.isArray(item))
      for (const branch of item.slice(1)) walk(branch, pointer, found);
    else if (!key.startsWith('Fn::')) walk(item, `${pointer}/${escaped(key)}`, found);
  }
}

/** A key as a segment of a JSON pointer (RFC 6901). */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
