import { readFileSync } from 'node:fs';
import { isMap, isPair, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import type { z } from 'zod';
import { isPlanned } from './planned';
import { notOneOf, type Problem, shownPath, withGiven } from './problems';
import { rule } from './rule';
import { allowedKeys, describe } from './schema';

type Path = ReadonlyArray<PropertyKey>;

/** A YAML file that a schema was held against: its value if it has one, and everything that is wrong with it. */
export interface YamlFile<Value> {
  /** Undefined when the file has problems. */
  readonly value: Value | undefined;
  /**
   * What the file says beside its problems, for rules that look further, so that people read of everything at once.
   * Undefined where too little is left.
   */
  readonly rest: Value | undefined;
  readonly problems: Problem[];
  /** The problem of the value at `path`, for rules that no schema of one file can know. */
  problem(path: Path, message: string): Problem;
}

/**
 * Reads `path` and holds it against `schema`; never throws on what is in the file.
 *
 * @param standIns values for `rest` to have where the file lacks what must be there. @default - none
 */
export function readYaml<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  standIns: object = {},
): YamlFile<z.output<Schema>> {
  const file = shownPath(path);
  const lines = new LineCounter();
  const text = readFileSync(path, 'utf8');
  const document = parseDocument(text, { lineCounter: lines });

  const problem = (at: Path, message: string): Problem => ({
    file,
    line: lines.linePos(offsetOf(document.contents, at)).line,
    key: at.map(String).join('.'),
    message,
  });

  if (document.errors.length > 0) {
    // One mistake is often several to the parser; the first is where it begins.
    const problems = document.errors.slice(0, 1).map((error) => {
      const line = error.linePos?.[0].line ?? 1;
      return { file, line, key: '', message: notYaml(error.message, text.split('\n')[line - 1] ?? '') };
    });
    return { value: undefined, rest: undefined, problems, problem };
  }

  const raw: unknown = document.toJS() ?? {};
  const result = schema.safeParse(raw);
  if (result.success) return { value: result.data, rest: result.data, problems: [], problem };
  const problems = result.error.issues.flatMap((issue) =>
    messages(schema, issue, valueAt(raw, issue.path)).map(([at, message]) => problem(at, message)),
  );
  const rest = schema.safeParse(over(standIns, withoutFaults(raw, result.error.issues))).data;
  return { value: undefined, rest, problems: problems.sort((a, b) => a.line - b.line), problem };
}

/** What is said, over what stands in for what is not. */
function over(standIns: unknown, said: unknown): unknown {
  if (!isGroup(standIns) || !isGroup(said)) return said ?? standIns;
  const keys = new Set([...Object.keys(standIns), ...Object.keys(said)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, over(Reflect.get(standIns, key), Reflect.get(said, key))]),
  );
}

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy without the keys that issues are about: defaults stand in for them where there are any. */
function withoutFaults(raw: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(raw);
  for (const issue of issues) {
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) {
      const parent = valueAt(copy, path.slice(0, -1));
      if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, path.at(-1) ?? '');
    }
  }
  return copy;
}

/** What one issue says, and where: an issue about unknown keys speaks of each of them. */
function messages(schema: z.ZodType, issue: z.core.$ZodIssue, given: unknown): Array<[Path, string]> {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => [
      [...path, key],
      notOneOf('is an unknown key', key, allowedKeys(schema, path)),
    ]);
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1));
    return issue.issues.map((inner) => [path, withGiven(inner.message, key)]);
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const planned = isPlanned(String(path.at(-1)), String(given));
    const wrong = planned ? 'is not built yet' : 'is not a value it can have';
    return [[path, notOneOf(wrong, String(given), allowed)]];
  }
  if (issue.code === 'invalid_type' && given === undefined) {
    const wanted = describe(schema, path);
    return [[path, withGiven(rule({ wrong: 'is missing', allowed: wanted, remedy: 'add it' }), undefined)]];
  }
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    const message = rule({
      wrong: 'has the wrong type',
      allowed: `${issue.expected} (${describe(schema, path)})`,
    });
    return [[path, withGiven(message, given)]];
  }
  return [[path, withGiven(issue.message, given)]];
}

/** What the file says at `path`; undefined where it says nothing. */
function valueAt(raw: unknown, path: Path): unknown {
  let here = raw;
  for (const step of path) {
    here = typeof here === 'object' && here !== null ? Reflect.get(here, step) : undefined;
  }
  return here;
}

/** Where the key at `path` is written, or the nearest of its parents that is there. */
function offsetOf(contents: unknown, path: Path): number {
  let node = contents;
  let offset = 0;
  for (const step of path) {
    const pair: Pair | undefined = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      : undefined;
    const next: unknown = pair ?? itemAt(node, step);
    if (next === undefined) return offset;
    node = isPair(next) ? next.value : next;
    offset = start(isPair(next) ? next.key : next) ?? offset;
  }
  return offset;
}

function itemAt(node: unknown, step: PropertyKey): unknown {
  if (typeof step !== 'number' || !node || typeof node !== 'object' || !('items' in node)) return undefined;
  return Array.isArray(node.items) ? node.items[step] : undefined;
}

function start(node: unknown): number | undefined {
  if (!node || typeof node !== 'object' || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const [from] = node.range;
  return typeof from === 'number' ? from : undefined;
}

/** The library's message without its excerpt of the file, and the line instead. */
function notYaml(message: string, line: string): string {
  const [first] = message.split('\n');
  const reason = first?.replace(/ at line \d+, column \d+:?$/, '');
  return withGiven(
    rule({
      wrong: `is not YAML: ${reason}`,
      allowed: 'key: value, [a, b] for lists, { key: value } for groups',
      remedy: 'look at brackets, quotes and indentation here and in the lines before',
    }),
    line.trim(),
  );
}
