/** Text as code: names of people and issues in it are not mentioned, and nothing in it is markup. */
export function code(text: string): string {
  const clean = text.replaceAll('`', "'").replace(/\s+/g, ' ').trim();
  return clean === '' ? '' : `\`${clean}\``;
}

/** A table; what stands in its cells is not looked at, except that it cannot break the table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
