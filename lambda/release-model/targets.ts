import type { TargetClasses, TargetsItem } from './contract';

/** Most classes of a target that are remembered after they are gone: an item of DynamoDB holds 400 KB. */
const REMEMBERED = 200;

/**
 * The list of classes once a version has come into service.
 *
 * A class that comes back, by a rollback or since people use it again, has been known since it was first: it leaves
 * `removed` with that time. A target that the version does not predict is forgotten.
 *
 * @param labels classes that the version knows, by target
 * @param now ISO time
 */
export function targetsAfter(
  before: TargetsItem | undefined,
  modelVersion: number,
  labels: Readonly<Record<string, readonly string[]>>,
  now: string,
): TargetsItem {
  const targets = Object.entries(labels).map(([target, names]) => [
    target,
    classesAfter(before?.targets[target], names, now),
  ]);
  return { modelVersion, targets: Object.fromEntries(targets) };
}

function classesAfter(
  before: TargetClasses | undefined,
  names: readonly string[],
  now: string,
): TargetClasses {
  if (before === undefined) {
    return { classes: names.map((name) => ({ name, since: now })), changed: now, removed: [] };
  }
  const known = new Set(names);
  const since = new Map([...before.removed, ...before.classes].map((item) => [item.name, item.since]));
  const gone = before.classes.filter(({ name }) => !known.has(name));
  const here = new Set(before.classes.map(({ name }) => name));
  const isSame = gone.length === 0 && names.every((name) => here.has(name));
  const stillGone = before.removed.filter(({ name }) => !known.has(name));
  return {
    classes: names.map((name) => ({ name, since: since.get(name) ?? now })),
    changed: isSame ? before.changed : now,
    removed: [...gone.map((item) => ({ ...item, until: now })), ...stillGone].slice(0, REMEMBERED),
  };
}
