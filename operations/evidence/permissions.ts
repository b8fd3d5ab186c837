import type { Assembly, Resource, StackTemplate } from '../assembly/assembly';
import { listOf, recordOf, textOf } from '../assembly/text';

/** Something that somebody may do with something, or may not. */
export interface Permission {
  readonly stack: string;
  /** Role, policy, or resource whose policy it is. */
  readonly holder: string;
  readonly effect: string;
  /** Who may, in the policy of a resource or the trust of a role. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resource: string;
  readonly condition: string;
  /** Allows any action of a service, any resource, or anybody. */
  readonly wildcard: boolean;
}

export interface PermissionDifference {
  readonly added: readonly Permission[];
  readonly removed: readonly Permission[];
}

/**
 * Permissions that come and go, by action and resource: a statement that CDK only merged or split is no change.
 *
 * Looks at every policy in a template: those of roles and functions, and those of buckets, keys, queues, topics and APIs.
 */
export function permissionDifference(before: Assembly, after: Assembly): PermissionDifference {
  const was = atomsOf(before);
  const is = atomsOf(after);
  const without = (these: Map<string, Atom>, those: Map<string, Atom>) =>
    grouped([...these].filter(([key]) => !those.has(key)).map(([, atom]) => atom));
  return { added: without(is, was), removed: without(was, is) };
}

type Atom = Omit<Permission, 'actions'> & { readonly action: string };

function atomsOf({ stacks }: Assembly): Map<string, Atom> {
  const atoms = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {}).flatMap(([id, resource]) => atomsIn(stack, id, resource)),
  );
  return new Map(atoms.map((atom) => [JSON.stringify(atom), atom]));
}

function atomsIn(stack: StackTemplate, id: string, resource: Resource): Atom[] {
  const { Properties = {} } = resource;
  if (resource.Type === 'AWS::Lambda::Permission') {
    const { Action, Principal, FunctionName, ...rest } = Properties;
    return [
      {
        stack: stack.name,
        holder: textOf(FunctionName),
        effect: 'Allow',
        principal: textOf(Principal),
        action: textOf(Action),
        resource: 'itself',
        condition: conditionOf(rest),
        wildcard: textOf(Principal) === '*',
      },
    ];
  }
  const holder = holderOf(stack, id, resource);
  const managed = listOf(Properties.ManagedPolicyArns).map(
    (arn): Atom => ({
      stack: stack.name,
      holder,
      effect: 'Allow',
      principal: '',
      action: `what ${textOf(arn)} allows`,
      resource: '',
      condition: '',
      wildcard: true,
    }),
  );
  const atoms = [
    ...managed,
    ...statementsIn(Properties).flatMap((statement) =>
      atomsOfStatement(stack.name, holder, recordOf(statement)),
    ),
  ];
  return isAttached(resource) ? atoms : atoms.map((atom) => ({ ...atom, wildcard: false }));
}

/** A managed policy that nobody has gives nothing; as a boundary it takes. A role that has it says so itself. */
function isAttached({ Type, Properties = {} }: Resource): boolean {
  return (
    Type !== 'AWS::IAM::ManagedPolicy' ||
    [Properties.Roles, Properties.Users, Properties.Groups].some(Boolean)
  );
}

/** Statements wherever a property holds a policy, inline policies of roles included. */
function statementsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (value === null || typeof value !== 'object') return [];
  const { Statement, Version } = recordOf(value);
  if (Statement !== undefined && Version !== undefined) return listOf(Statement);
  return Object.values(value).flatMap(statementsIn);
}

function atomsOfStatement(
  stack: string,
  holder: string,
  statement: Readonly<Record<string, unknown>>,
): Atom[] {
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const principal = NotPrincipal ? `all but ${principalOf(NotPrincipal)}` : principalOf(Principal);
  const actions = [
    ...listOf(Action).map(textOf),
    ...listOf(NotAction).map((action) => `all but ${textOf(action)}`),
  ];
  const resources = [
    ...listOf(Resource).map(textOf),
    ...listOf(NotResource).map((resource) => `all but ${textOf(resource)}`),
  ];
  return actions.flatMap((action) =>
    (resources.length > 0 ? resources : ['itself']).map((resource) => ({
      stack,
      holder,
      effect: textOf(Effect),
      principal,
      action,
      resource,
      condition: conditionOf(Condition),
      wildcard: textOf(Effect) === 'Allow' && isWide(principal, action, resource),
    })),
  );
}

/** In the policy of a resource, `*` is that resource, and its own account may do anything; elsewhere `*` is everything. */
function isWide(principal: string, action: string, resource: string): boolean {
  if (principal.endsWith(':root')) return false;
  if (/[*?]/.test(action) || action.startsWith('all but')) return true;
  return principal === '' ? resource === '*' || resource.startsWith('all but') : principal === '*';
}

function principalOf(principal: unknown): string {
  if (principal === undefined) return '';
  if (typeof principal === 'string') return principal;
  return Object.values(recordOf(principal)).flatMap(listOf).map(textOf).sort().join(', ');
}

function conditionOf(condition: unknown): string {
  const { length } = Object.keys(recordOf(condition));
  return length === 0 ? '' : JSON.stringify(condition);
}

/** The name of the role that a policy belongs to, or of the resource that a policy protects. */
function holderOf({ template }: StackTemplate, id: string, { Properties = {} }: Resource): string {
  const [role] = listOf(Properties.Roles);
  const { Ref } = recordOf(role);
  const referred = typeof Ref === 'string' ? (template.Resources?.[Ref]?.Properties?.RoleName ?? Ref) : role;
  const name = Properties.RoleName ?? Properties.ManagedPolicyName ?? referred ?? Properties.Name;
  return name === undefined ? id : textOf(name);
}

/** One line for all actions that the same holder has on the same resource. */
function grouped(atoms: readonly Atom[]): Permission[] {
  const groups = new Map<string, Permission>();
  for (const { action, ...rest } of atoms) {
    const key = JSON.stringify(rest);
    const { actions = [] } = groups.get(key) ?? {};
    groups.set(key, { ...rest, actions: [...actions, action].sort() });
  }
  return [...groups.values()].sort((one, other) => Number(other.wildcard) - Number(one.wildcard));
}
