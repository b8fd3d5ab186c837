import { isRecord, type Resource } from './template';

/** A resource of a policy: the streams of a log group. */
const STREAMS = /^(arn:aws:logs:[^:]+:[^:]+:log-group:[^:]+):(?:log-stream:)?\*$/;

/**
 * The resource with the log group beside its streams, wherever a policy names those; undefined where none does. AWS asks
 * for the stream when a stream is written or read, the emulator for its group.
 */
export function withLogGroups(resource: Resource): Resource | undefined {
  const grouped = groupsBeside(resource) as Resource;
  return JSON.stringify(grouped) === JSON.stringify(resource) ? undefined : grouped;
}

function groupsBeside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(groupsBeside);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === 'Resource' ? withGroups(child) : groupsBeside(child),
    ]),
  );
}

function withGroups(resources: unknown): unknown {
  const list = [resources].flat();
  const groups = list.flatMap((arn) => (typeof arn === 'string' ? (STREAMS.exec(arn)?.[1] ?? []) : []));
  return groups.length > 0 ? [...list, ...groups.filter((group) => !list.includes(group))] : resources;
}
