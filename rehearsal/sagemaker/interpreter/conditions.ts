import type { Fields } from '../service-model';
import { resolve, type Scope, UnresolvedError } from './resolve';

/** Whether every condition of a Condition step holds. */
export async function allHold(conditions: readonly Fields[], scope: Scope): Promise<boolean> {
  const outcomes = await Promise.all(conditions.map((condition) => holds(condition, scope)));
  return outcomes.every(Boolean);
}

/** Whether one condition holds. Values of different types are never equal, and only numbers or texts have an order. */
export async function holds(condition: Fields, scope: Scope): Promise<boolean> {
  const side = (name: string) => resolve(condition[name], scope);
  switch (condition.Type) {
    case 'Equals':
      return (await side('LeftValue')) === (await side('RightValue'));
    case 'GreaterThan':
      return order(await side('LeftValue'), await side('RightValue')) > 0;
    case 'GreaterThanOrEqualTo':
      return order(await side('LeftValue'), await side('RightValue')) >= 0;
    case 'LessThan':
      return order(await side('LeftValue'), await side('RightValue')) < 0;
    case 'LessThanOrEqualTo':
      return order(await side('LeftValue'), await side('RightValue')) <= 0;
    case 'In': {
      // The SDK writes QueryValue and Values, the published schema Value and In.
      const wanted = await resolve(condition.QueryValue ?? condition.Value, scope);
      return ((await resolve(condition.Values ?? condition.In, scope)) as unknown[]).includes(wanted);
    }
    case 'Not':
      return !(await holds(condition.Condition as Fields, scope));
    case 'Or': {
      const outcomes = await Promise.all(
        (condition.Conditions as Fields[]).map((inner) => holds(inner, scope)),
      );
      return outcomes.some(Boolean);
    }
    default:
      throw new UnresolvedError(
        `condition type ${condition.Type} is unknown, allowed: Equals, GreaterThan, GreaterThanOrEqualTo, LessThan, LessThanOrEqualTo, In, Not, Or`,
      );
  }
}

function order(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  throw new UnresolvedError(`cannot compare ${JSON.stringify(left)} with ${JSON.stringify(right)}`);
}
