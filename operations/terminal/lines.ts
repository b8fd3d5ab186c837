import { stripVTControlCharacters } from 'node:util';

/** Columns that a text takes on a terminal; colours take none. */
export const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Fills up with spaces on the right. */
export const pad = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Breaks at spaces, and inside a word only where it is longer than the column. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((long) => chunks(long, width))) {
    if (line && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  lines.push(line);
  return lines;
}

function chunks(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  return word.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [''];
}

/**
 * Rows whose columns begin below each other, two spaces apart: for lists that are read, copied and grepped.
 *
 * @param indent spaces before each line
 */
export function aligned(rows: readonly (readonly string[])[], indent = 0): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows
    .map((row) => ' '.repeat(indent) + row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}
