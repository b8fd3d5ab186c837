import { pad, widthOf, wrap } from './lines';

/**
 * A table with a frame. A cell too long for its column goes on in the next line; nothing is cut off.
 *
 * @param widest the most columns each cell may take
 */
export function framedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  widest: readonly number[],
): string {
  const widths = header.map((title, column) =>
    Math.min(
      Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))),
      widest[column] ?? Number.POSITIVE_INFINITY,
    ),
  );
  const line = (left: string, middle: string, right: string) =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  return [
    line('┌', '┬', '┐'),
    framedRow(header, widths),
    line('├', '┼', '┤'),
    ...rows.map((cells) => framedRow(cells, widths)),
    line('└', '┴', '┘'),
  ].join('\n');
}

function framedRow(cells: readonly string[], widths: readonly number[]): string {
  const lines = widths.map((width, column) => wrap(cells[column] ?? '', width));
  const height = Math.max(...lines.map((cell) => cell.length));
  return Array.from(
    { length: height },
    (_, index) =>
      `│${widths.map((width, column) => ` ${pad(lines[column]?.[index] ?? '', width)} `).join('│')}│`,
  ).join('\n');
}
