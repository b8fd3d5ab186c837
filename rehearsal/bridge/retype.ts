/**
 * Gives numbers and truth values their types back, which CloudFormation hands a custom resource as text.
 *
 * @param types JSON text `{"number": [pointer…], "boolean": [pointer…]}`, written by the adapter
 */
export function retype(properties: unknown, types: string): Record<string, unknown> {
  const pointers: { number: string[]; boolean: string[] } = JSON.parse(types);
  const copy: Record<string, unknown> = structuredClone(Object(properties));
  for (const pointer of pointers.number) replace(copy, pointer, Number);
  for (const pointer of pointers.boolean) replace(copy, pointer, (text) => text === 'true');
  return copy;
}

function replace(root: Record<string, unknown>, pointer: string, turn: (text: string) => unknown): void {
  const path = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = path.pop() ?? '';
  let parent: unknown = root;
  for (const key of path) parent = Object(parent)[key];
  // Absent where the other branch of a condition was taken.
  if (typeof parent !== 'object' || parent === null) return;
  const value: unknown = Object(parent)[last];
  if (typeof value === 'string') Object.assign(parent, { [last]: turn(value) });
}
