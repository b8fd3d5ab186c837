import type { Fields } from '../service-model';
import type { ParameterValue } from './parameters';

/** What references can name while a pipeline runs. */
export interface Scope {
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly execution: Readonly<Record<string, string>>;
  readonly experiment: Fields;
  /** What each finished step is described as. */
  readonly steps: ReadonlyMap<string, Fields>;
  /** S3 address of a step's property file. */
  propertyFile(step: string, file: string): string;
  readJson(uri: string): Promise<unknown>;
}

/** A reference that leads nowhere, or a value of the wrong kind; fails the step that holds it. */
export class UnresolvedError extends Error {}

/** Replaces every reference in a value: `Get`, `Std:Join`, `Std:JsonGet`. */
export async function resolve(value: unknown, scope: Scope): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((inner) => resolve(inner, scope)));
  if (!isObject(value)) return value;
  const [[name, body] = [], ...more] = Object.entries(value);
  if (more.length === 0 && name === 'Get') return lookUp(String(body), scope);
  if (more.length === 0 && name === 'Std:Join') return join(body as Fields, scope);
  if (more.length === 0 && name === 'Std:JsonGet') return jsonGet(body as Fields, scope);
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, inner]) => [key, await resolve(inner, scope)] as const),
  );
  return Object.fromEntries(entries);
}

async function join({ On, Values }: Fields, scope: Scope): Promise<string> {
  const parts = await Promise.all((Values as unknown[]).map((part) => resolve(part, scope)));
  for (const part of parts) {
    if (isObject(part) || Array.isArray(part))
      throw new UnresolvedError(`Std:Join cannot join ${JSON.stringify(part)}`);
  }
  return parts.map(String).join(String(On ?? ''));
}

async function jsonGet({ PropertyFile, S3Uri, Path }: Fields, scope: Scope): Promise<unknown> {
  const uri = isObject(PropertyFile)
    ? fileOf(String(PropertyFile.Get), scope)
    : String(await resolve(S3Uri, scope));
  const content = await scope.readJson(uri);
  const found = follow(content, String(Path));
  if (found === undefined) throw new UnresolvedError(`${uri} has nothing at ${Path}`);
  return found;
}

function fileOf(path: string, scope: Scope): string {
  const [, step, file] = /^Steps\.([^.]+)\.PropertyFiles\.(.+)$/.exec(path) ?? [];
  if (!step || !file)
    throw new UnresolvedError(`${path} names no property file, expected Steps.<step>.PropertyFiles.<file>`);
  return scope.propertyFile(step, file);
}

function lookUp(path: string, scope: Scope): unknown {
  const [, root, rest = ''] = /^(\w+)\.(.+)$/s.exec(path) ?? [];
  const found = (() => {
    switch (root) {
      case 'Parameters':
        return scope.parameters.get(rest);
      case 'Execution':
        return rest === 'CurrentDateTime' ? new Date().toISOString() : scope.execution[rest];
      case 'PipelineExperimentConfig':
        return scope.experiment[rest];
      case 'Steps': {
        const [step = ''] = rest.split('.');
        return follow(scope.steps.get(step), rest.slice(step.length));
      }
      default:
        return undefined;
    }
  })();
  if (found === undefined) throw new UnresolvedError(`${path} has no value`);
  return found;
}

/** Follows `a.b[0]['name']`. A name in brackets finds an entry of a list by its own name, as `Outputs['train']`. */
function follow(value: unknown, path: string): unknown {
  let current = value;
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\[['"]([^'"]+)['"]\]/g)) {
    if (Array.isArray(current)) {
      current =
        index === undefined
          ? current.find((entry) => nameOf(entry) === (quoted ?? name))
          : current[Number(index)];
    } else current = isObject(current) ? current[name ?? quoted ?? index ?? ''] : undefined;
  }
  return current;
}

const nameOf = (entry: unknown): unknown =>
  isObject(entry) ? (entry.OutputName ?? entry.InputName ?? entry.ChannelName ?? entry.Name) : undefined;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
