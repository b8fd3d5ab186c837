/**
 * A value of a template as one text. What is known when it is deployed stands as `${LogicalId}` or `${LogicalId.Attribute}`.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(',');
  const [name = '', argument] = Object.entries(value)[0] ?? [];
  switch (name) {
    case 'Ref':
      return `\${${String(argument)}}`;
    case 'Fn::GetAtt':
      return `\${${(Array.isArray(argument) ? argument : [argument]).join('.')}}`;
    case 'Fn::Join':
      return joined(argument);
    case 'Fn::Sub':
      return Array.isArray(argument) ? textOf(argument[0]) : textOf(argument);
    default:
      return JSON.stringify(value);
  }
}

function joined(argument: unknown): string {
  if (!Array.isArray(argument) || !Array.isArray(argument[1])) return JSON.stringify(argument);
  return argument[1].map(textOf).join(String(argument[0]));
}

/** A value as a list: a list as it is, one value as a list of one, nothing as an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** An object as a record; anything else is empty. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
