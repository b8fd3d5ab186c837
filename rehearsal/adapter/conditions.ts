import { isRecord, type Resource } from './template';

/**
 * Condition keys that the emulator does not fill in, so that it denies even what they allow. What they say is checked
 * otherwise: the namespaces that metrics really went to are compared with those the policies name.
 */
const UNREADABLE = 'cloudwatch:namespace';

/** The resource without conditions the emulator cannot read; undefined when it has none. */
export function withoutUnreadable(resource: Resource): Resource | undefined {
  const text = JSON.stringify(resource);
  if (!text.includes(UNREADABLE)) return undefined;
  return without(resource) as Resource;
}

/**
 * The resource with the sessions of each role beside the role, where a condition asks who the caller is; undefined where
 * none does. For a session AWS gives the ARN of its role, the emulator that of the session.
 */
export function withSessions(resource: Resource): Resource | undefined {
  if (!JSON.stringify(resource).includes(CALLER)) return undefined;
  return sessionsBeside(resource) as Resource;
}

const CALLER = 'aws:PrincipalArn';

function sessionsBeside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sessionsBeside);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === CALLER ? [child].flat().flatMap(withSession) : sessionsBeside(child),
    ]),
  );
}

function withSession(arn: unknown): unknown[] {
  const [, account, name] = /^arn:aws:iam::([^:]*):role\/(.+)$/.exec(String(arn)) ?? [];
  return name ? [arn, `arn:aws:sts::${account}:assumed-role/${name}/*`] : [arn];
}

/** Namespaces that the statements of a template allow metrics to be put in. */
export function metricNamespaces(template: unknown): string[] {
  if (Array.isArray(template)) return template.flatMap(metricNamespaces);
  if (!isRecord(template)) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    key === UNREADABLE ? [value].flat().map(String) : metricNamespaces(value),
  );
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).flatMap(([key, child]): Array<[string, unknown]> => {
    if (key !== 'Condition' || !isRecord(child)) return [[key, without(child)]];
    const condition = Object.entries(child).flatMap(([operator, keys]): Array<[string, unknown]> => {
      const rest = Object.entries(isRecord(keys) ? keys : {}).filter(([name]) => name !== UNREADABLE);
      return rest.length > 0 ? [[operator, Object.fromEntries(rest)]] : [];
    });
    return condition.length > 0 ? [[key, Object.fromEntries(condition)]] : [];
  });
  return Object.fromEntries(kept);
}
