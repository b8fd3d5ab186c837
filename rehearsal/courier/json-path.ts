const STEP = /^(?:\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\])/;

/**
 * Reads the part of an event that an input path names: `$`, `$.detail.x`, `$.resources[0]`, `$['detail-type']`.
 *
 * @returns undefined where the event has no such part
 * @throws Error for a path EventBridge does not take: there are no wildcards, filters or functions
 */
export function atPath(event: unknown, path: string): unknown {
  if (!path.startsWith('$')) throw new Error(`input path ${path} does not begin with $`);
  let value = event;
  for (let rest = path.slice(1); rest !== ''; ) {
    const step = STEP.exec(rest);
    if (!step)
      throw new Error(
        `input path ${path} is not a plain path; EventBridge takes .name, ['name'] and [0] only`,
      );
    const key = step[1] ?? step[2] ?? step[3] ?? step[4] ?? '';
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    rest = rest.slice(step[0].length);
  }
  return value;
}
