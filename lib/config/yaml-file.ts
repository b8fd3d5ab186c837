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
  readonly problems: Problem[];
  /** The problem of the value at `path`, for rules that no schema of one file can know. */
  problem(path: Path, message: string): Problem;
}

/** Reads `path` and holds it against `schema`; never throws on what is in the file. */
export function readYaml<Schema extends z.ZodType>(path: string, schema: Schema): YamlFile<z.output<Schema>> {
  const file = shownPath(path);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines });

  const problem = (at: Path, message: string): Problem => ({
    file,
    line: lines.linePos(offsetOf(document.contents, at)).line,
    key: at.map(String).join('.'),
    message,
  });

  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      file,
      line: error.linePos?.[0].line ?? 1,
      key: '',
      message: withoutExcerpt(error.message),
    }));
    return { value: undefined, problems, problem };
  }

  const raw: unknown = document.toJS() ?? {};
  const result = schema.safeParse(raw);
  if (result.success) return { value: result.data, problems: [], problem };
  const problems = result.error.issues.flatMap((issue) =>
    messages(schema, issue, valueAt(raw, issue.path)).map(([at, message]) => problem(at, message)),
  );
  return { value: undefined, problems: problems.sort((a, b) => a.line - b.line), problem };
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

/** The library's message without its excerpt of the file: file and line say it already. */
function withoutExcerpt(message: string): string {
  const [first] = message.split('\n');
  return `is not YAML: ${first?.replace(/ at line \d+, column \d+:?$/, '')}`;
}
