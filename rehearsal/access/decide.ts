import { unmet } from './conditions';
import { type Context, list, type Statement } from './policy';
import { fits, fitsAction } from './wildcard';

/** May this be done to that? */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
  /** The service that asks, for resource-based and trust policies. @default - statements are identity-based */
  readonly service?: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why not: which statement forbids it, or which condition keeps a matching statement from allowing it. */
  readonly because: string;
}

/** Decides by reading the statements, conditions included: an explicit denial wins, then any allowance. */
export function decide(policy: readonly Statement[], request: Request): Decision {
  const matching = policy.filter((statement) => matches(statement, request));
  const denying = matching.find(
    ({ Effect, Condition }) => Effect === 'Deny' && !unmet(Condition, request.context),
  );
  if (denying)
    return { allowed: false, because: `an explicit deny (${denying.Sid ?? 'a statement without Sid'})` };
  const missed: string[] = [];
  for (const statement of matching) {
    if (statement.Effect !== 'Allow') continue;
    const condition = unmet(statement.Condition, request.context);
    if (!condition) return { allowed: true, because: '' };
    missed.push(condition);
  }
  if (missed.length === 0)
    return { allowed: false, because: 'no statement names the action and the resource' };
  return {
    allowed: false,
    because: `it is allowed only on a condition that does not hold: ${missed.join('; ')}`,
  };
}

/** Whether a statement is about this action, resource and principal, its conditions aside. */
export function matches(statement: Statement, { action, resource, service }: Request): boolean {
  const actions = statement.NotAction ?? statement.Action;
  const names =
    list(actions).some((pattern) => fitsAction(pattern, action)) !== (statement.NotAction !== undefined);
  return names && isOn(statement, resource) && (service === undefined || isFor(statement, service));
}

function isOn(statement: Statement, resource: string): boolean {
  // Trust policies have no resource: they are on their role.
  if (statement.Resource === undefined && statement.NotResource === undefined) return true;
  const patterns = list(statement.NotResource ?? statement.Resource);
  return patterns.some((pattern) => fits(pattern, resource)) !== (statement.NotResource !== undefined);
}

function isFor({ Principal: principal }: Statement, service: string): boolean {
  if (principal === undefined) return false;
  if (principal === '*') return true;
  return list(principal.Service).includes(service) || list(principal.AWS).includes('*');
}
