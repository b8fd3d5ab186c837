import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export type Fields = Record<string, unknown>;

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

interface Model {
  readonly operations: Readonly<
    Record<
      string,
      { readonly input?: { readonly shape: string }; readonly output?: { readonly shape: string } }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** SageMaker's API as botocore describes it: what a request may hold, and what a response must. */
export class ServiceModel {
  private readonly patterns = new Map<string, RegExp>();

  private constructor(private readonly model: Model) {}

  /** Reads `service-2.json`, gzipped or not. */
  static load(file: string): ServiceModel {
    const bytes = readFileSync(file);
    const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    return new ServiceModel(JSON.parse(text.toString('utf8')));
  }

  has(operation: string): boolean {
    return operation in this.model.operations;
  }

  /** What is wrong with a request, in AWS's words; empty means valid. */
  faults(operation: string, input: unknown): string[] {
    const shape = this.model.operations[operation]?.input?.shape;
    return shape ? this.check(shape, input, '') : [];
  }

  /** Keeps of a value only what the operation's response may hold. */
  response(operation: string, value: Fields): Fields {
    const shape = this.model.operations[operation]?.output?.shape;
    return shape ? (this.project(shape, value) as Fields) : {};
  }

  /** Required members that a response lacks, as paths; botocore checks requests only. */
  missing(operation: string, value: Fields): string[] {
    const shape = this.model.operations[operation]?.output?.shape;
    return shape ? this.lacking(shape, value, '') : [];
  }

  /** Every pattern of the model, compiled; throws on one that JavaScript cannot say. */
  compileAll(): number {
    for (const { pattern } of Object.values(this.model.shapes)) if (pattern) this.compile(pattern);
    return this.patterns.size;
  }

  private shape(name: string): Shape {
    const shape = this.model.shapes[name];
    if (!shape) throw new Error(`the service model has no shape ${name}`);
    return shape;
  }

  private check(name: string, value: unknown, path: string): string[] {
    const shape = this.shape(name);
    const at = path || 'request';
    if (shape.type === 'structure') {
      if (!isObject(value)) return [wrongType(at, value, 'a structure')];
      return [
        ...(shape.required ?? [])
          .filter((member) => value[member] === undefined || value[member] === null)
          .map(
            (member) =>
              `Value null at '${step(path, member)}' failed to satisfy constraint: Member must not be null`,
          ),
        ...Object.entries(value).flatMap(([member, inner]) => {
          const known = shape.members?.[member];
          if (!known)
            return [
              `Unknown member '${member}' at '${at}', must be one of: ${Object.keys(shape.members ?? {}).join(', ')}`,
            ];
          return inner === null || inner === undefined
            ? []
            : this.check(known.shape, inner, step(path, member));
        }),
      ];
    }
    if (shape.type === 'list') {
      if (!Array.isArray(value)) return [wrongType(at, value, 'a list')];
      const member = shape.member?.shape ?? '';
      return [
        ...length(shape, value.length, at, value),
        ...value.flatMap((inner, index) => this.check(member, inner, `${path}.${index + 1}.member`)),
      ];
    }
    if (shape.type === 'map') {
      if (!isObject(value)) return [wrongType(at, value, 'a map')];
      const [key, inner] = [shape.key?.shape ?? '', shape.value?.shape ?? ''];
      return [
        ...length(shape, Object.keys(value).length, at, value),
        ...Object.entries(value).flatMap(([name, entry]) => [
          ...this.check(key, name, `${path}.${name}.key`),
          ...this.check(inner, entry, `${path}.${name}.member`),
        ]),
      ];
    }
    return this.checkScalar(shape, value, at);
  }

  private checkScalar(shape: Shape, value: unknown, at: string): string[] {
    if (shape.type === 'boolean')
      return typeof value === 'boolean' ? [] : [wrongType(at, value, 'a boolean')];
    if (shape.type !== 'string') {
      if (typeof value !== 'number') return [wrongType(at, value, 'a number')];
      if (['integer', 'long'].includes(shape.type) && !Number.isInteger(value))
        return [wrongType(at, value, 'an integer')];
      const wrong = (rule: string) => [failed(value, at, `Member must have value ${rule}`)];
      if (shape.min !== undefined && value < shape.min) return wrong(`greater than or equal to ${shape.min}`);
      if (shape.max !== undefined && value > shape.max) return wrong(`less than or equal to ${shape.max}`);
      return [];
    }
    if (typeof value !== 'string') return [wrongType(at, value, 'a string')];
    const faults = length(shape, value.length, at, value);
    if (shape.pattern && !this.compile(shape.pattern).test(value)) {
      faults.push(failed(value, at, `Member must satisfy regular expression pattern: ${shape.pattern}`));
    }
    if (shape.enum && !shape.enum.includes(value)) {
      faults.push(failed(value, at, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
    }
    return faults;
  }

  /** AWS writes Java's dialect; it must match the whole value. */
  private compile(pattern: string): RegExp {
    const known = this.patterns.get(pattern);
    if (known) return known;
    const body = pattern
      .replaceAll('\\p{Alnum}', 'a-zA-Z0-9')
      .replaceAll('\\p{Print}', '[\\x20-\\x7e]')
      // Two patterns end in `$` with a repeat, which Java takes for the end and JavaScript refuses.
      .replace(/\$\{\d+,\d+\}$/, '');
    const compiled = unicode(`^(?:${body})$`) ?? new RegExp(`^(?:${body})$`);
    this.patterns.set(pattern, compiled);
    return compiled;
  }

  private project(name: string, value: unknown): unknown {
    const shape = this.shape(name);
    if (value === null || value === undefined) return undefined;
    if (shape.type === 'structure' && isObject(value)) {
      const kept: Fields = {};
      for (const [member, { shape: inner }] of Object.entries(shape.members ?? {})) {
        const projected = this.project(inner, value[member]);
        if (projected !== undefined) kept[member] = projected;
      }
      return kept;
    }
    if (shape.type === 'list' && Array.isArray(value)) {
      return value.map((inner) => this.project(shape.member?.shape ?? '', inner));
    }
    return value;
  }

  private lacking(name: string, value: unknown, path: string): string[] {
    const shape = this.shape(name);
    if (shape.type === 'list' && Array.isArray(value)) {
      return value.flatMap((inner, index) =>
        this.lacking(shape.member?.shape ?? '', inner, `${path}[${index}]`),
      );
    }
    if (shape.type !== 'structure' || !isObject(value)) return [];
    return [
      ...(shape.required ?? [])
        .filter((member) => value[member] === undefined)
        .map((member) => `${path}.${member}`),
      ...Object.entries(shape.members ?? {}).flatMap(([member, { shape: inner }]) =>
        value[member] === undefined ? [] : this.lacking(inner, value[member], `${path}.${member}`),
      ),
    ];
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const step = (path: string, member: string) =>
  `${path}${path ? '.' : ''}${member.charAt(0).toLowerCase()}${member.slice(1)}`;

const failed = (value: unknown, at: string, rule: string) =>
  `Value '${typeof value === 'object' ? JSON.stringify(value) : value}' at '${at}' failed to satisfy constraint: ${rule}`;

const wrongType = (at: string, value: unknown, wanted: string) =>
  failed(value, at, `Member must be ${wanted}`);

function length(shape: Shape, actual: number, at: string, value: unknown): string[] {
  const fault = (rule: string) => [failed(value, at, `Member must have length ${rule}`)];
  if (shape.min !== undefined && actual < shape.min) return fault(`greater than or equal to ${shape.min}`);
  if (shape.max !== undefined && actual > shape.max) return fault(`less than or equal to ${shape.max}`);
  return [];
}

/** Unicode classes need the `u` flag; some patterns hold escapes that it forbids. */
function unicode(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u');
  } catch {
    return undefined;
  }
}
