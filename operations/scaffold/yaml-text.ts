import { isMap, isNode, isScalar, parseDocument } from 'yaml';

/** A value of a YAML file, by its path, and the text that takes its place. */
export interface Replacement {
  readonly path: readonly string[];
  readonly text: string;
}

/**
 * Replaces values in the text of a YAML file and leaves all else as somebody wrote it: order, comments, their columns.
 *
 * @throws when the file has nothing at a path
 */
export function replaceValues(yaml: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((text, { path, text: value }) => {
    const node = parseDocument(text).getIn(path, true);
    const [start, end] = (isNode(node) && node.range) || [];
    if (start === undefined || end === undefined) throw new Error(`the file has no ${path.join('.')}`);
    const old = text.slice(start, end).trimEnd();
    const rest = text.slice(start + old.length);
    return text.slice(0, start) + value + rest.replace(/^ +(?=#)/, (gap) => keptColumn(gap, old, value));
  }, yaml);
}

/** Spaces that leave a comment where it stood, as far as the new value leaves room. */
const keptColumn = (gap: string, old: string, value: string): string =>
  ' '.repeat(Math.max(1, gap.length + old.length - value.length));

/**
 * The entries of a map that is written as a block, each with all of its lines.
 *
 * @throws when there is no such map at `path`, or it is written with braces
 */
export function blocksOf(
  yaml: string,
  path: readonly string[],
): { readonly start: number; readonly end: number; readonly blocks: ReadonlyMap<string, string> } {
  const node = parseDocument(yaml).getIn(path, true);
  if (!isMap(node) || node.flow || !node.range) {
    throw new Error(`${path.join('.')} of the file is no map of one key a line: write it so, without braces`);
  }
  const starts = node.items.flatMap(({ key }) =>
    isScalar(key) && key.range
      ? [{ key: String(key.value), at: yaml.lastIndexOf('\n', key.range[0]) + 1 }]
      : [],
  );
  const end = node.range[0] + yaml.slice(node.range[0], node.range[1]).trimEnd().length + 1;
  const blocks = starts.map(({ key, at }, index): [string, string] => [
    key,
    yaml.slice(at, starts[index + 1]?.at ?? end),
  ]);
  return { start: starts[0]?.at ?? end, end, blocks: new Map(blocks) };
}
