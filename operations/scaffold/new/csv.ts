/** Rows of cells, as RFC 4180 and Python's csv module read them: quotes doubled, line breaks within quotes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (!found) throw new Error(`is not CSV at character ${at}: close the quotes, and double those within`);
    const [, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  if (row.length > 0) rows.push([...row, '']);
  return rows;
}

/** The same, back: quotes only where they are needed, a line feed after each row. */
export function formatCsv(rows: ReadonlyArray<readonly string[]>): string {
  return rows.map((cells) => `${cells.map(quote).join(',')}\n`).join('');
}

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
