import { readFileSync } from 'node:fs';
import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { shownPath } from './problems';

/** A value that the template ships as an example, and that somebody has to replace before a deployment. */
export interface Placeholder {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly value: string;
}

/** The account numbers of AWS's own documentation, and those of the examples here. */
const EXAMPLE_ACCOUNT = /\b(000011112222|111122223333|444455556666|777788889999|123456789012)\b/;
const EXAMPLE_WORD = /(^|[^a-z])example([^a-z]|$)/;
const EXAMPLE_ID = /00000000-0000-0000-0000-000000000000/;

/** The placeholders that are still in `platform.yaml` or a `project.yaml`; comments are not looked at. */
export function placeholdersIn(path: string): Placeholder[] {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines });
  const found: Placeholder[] = [];
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || !isScalar(node) || typeof node.value !== 'string') return;
      const { value } = node;
      if (![EXAMPLE_ACCOUNT, EXAMPLE_WORD, EXAMPLE_ID].some((pattern) => pattern.test(value))) return;
      found.push({ file: shownPath(path), line: lines.linePos(node.range?.[0] ?? 0).line, value });
    },
  });
  return found;
}
