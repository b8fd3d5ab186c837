import { type Conditions, type Context, list } from './policy';
import { fits } from './wildcard';

type Compare = (wanted: string, given: string) => boolean;

const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: fits,
  ArnEquals: fits,
  ArnLike: fits,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
};

/** `Not` in front of the comparison: none of the wanted values may match. */
const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/**
 * The first condition that does not hold, in words; undefined when all hold.
 *
 * An operator that is not evaluated here does not hold, so that nothing is allowed by something unread.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function unmet(conditions: Conditions | undefined, context: Context): string | undefined {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), list(value)]));
  for (const [operator, keys] of Object.entries(conditions ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const given = known.get(key.toLowerCase());
      const wanted = list(values).map(String);
      if (holds(operator, wanted, given)) continue;
      return `${operator} ${key} ${wanted.join(' or ')}, the request has ${given?.join(', ') ?? 'no such key'}`;
    }
  }
  return undefined;
}

function holds(written: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  if (written === 'Null') return wanted.includes(String(given === undefined));
  const [qualifier, rest] = written.includes(':') ? written.split(':') : [undefined, written];
  const optional = rest?.endsWith('IfExists') ?? false;
  const operator = rest?.replace(/IfExists$/, '') ?? '';
  const negated = operator in NEGATIONS;
  const compare = OPERATORS[NEGATIONS[operator] ?? operator];
  if (!compare) return false;
  // A key that is absent: negations and ForAllValues hold, everything else does not, ForAnyValue never.
  if (given === undefined)
    return optional || qualifier === 'ForAllValues' || (negated && qualifier === undefined);
  const one = (value: string) => wanted.some((want) => compare(want, value)) !== negated;
  return qualifier === 'ForAnyValue' ? given.some(one) : given.every(one);
}
