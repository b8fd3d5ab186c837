import type { Label } from './api';
import type { Columns } from './captured';
import type { ToLabel } from './pick';

/** Columns besides those of the project, which have the names of its own. */
const ID = 'inferenceId';
const ASKED = 'asked';
const guessOf = (target: string) => `${target} (model)`;
const confidenceOf = (target: string) => `${target} (confidence)`;

/**
 * Rows to label as a table for a spreadsheet: an empty column a target, beside what the model said.
 *
 * UTF-8 with a byte order mark and Windows line ends, as spreadsheets expect.
 */
export function writeCsv(rows: readonly ToLabel[], { fields, targets }: Columns): string {
  const header = [
    ID,
    ASKED,
    ...fields,
    ...targets.flatMap((target) => [guessOf(target), confidenceOf(target), target]),
  ];
  const lines = rows.map(({ id, asked, row, answer }) => [
    id,
    Object.entries(asked)
      .map(([target, reason]) => `${target}: ${reason}`)
      .join('; '),
    ...fields.map((field) => inert(row[field] ?? '')),
    ...targets.flatMap((target) => {
      const { value = '', confidence = 0 } = answer[target] ?? {};
      return [inert(value), confidence.toFixed(3), ''];
    }),
  ]);
  return `\uFEFF${[header, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n')}\r\n`;
}

/** A spreadsheet takes a text that begins like this for a formula; whoever wrote the mail must not run one. */
const inert = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** What a table holds: labels to send, and what is wrong with it, line by line. */
export interface Labels {
  readonly labels: readonly Label[];
  /** Lines without a label. */
  readonly empty: number;
  readonly problems: readonly string[];
}

/**
 * Reads a table that somebody filled in. A spreadsheet may have saved it with semicolons or tabs.
 *
 * @param classes by target those that may be named; a target without any takes all
 * @param newClasses lets labels name a class that nobody knows yet
 */
export function readCsv(
  text: string,
  { targets }: Pick<Columns, 'targets'>,
  classes: Readonly<Record<string, readonly string[]>>,
  newClasses: boolean,
): Labels {
  const [header, ...lines] = parse(text.replace(/^\uFEFF/, ''));
  const columns = header?.cells ?? [];
  const at = (name: string) => columns.indexOf(name);
  const missing = [ID, ...targets].filter((name) => at(name) < 0);
  if (missing.length > 0) {
    const problem = `the first line lacks ${missing.join(', ')}: fill in the file that --csv wrote, with its columns`;
    return { labels: [], empty: 0, problems: [problem] };
  }
  const labels = new Map<string, Label & { readonly line: number }>();
  const problems: string[] = [];
  let empty = 0;
  for (const { line, cells } of lines) {
    if (cells.length !== columns.length) {
      problems.push(`line ${line}: ${cells.length} cells instead of ${columns.length}`);
      continue;
    }
    const values = targets.flatMap((target): [string, string][] => {
      const value = cells[at(target)]?.trim() ?? '';
      return value === '' ? [] : [[target, value]];
    });
    const id = cells[at(ID)]?.trim() ?? '';
    const wrong = [
      ...(id === '' && values.length > 0 ? [`${ID} is empty: it says which answer is labelled`] : []),
      ...(newClasses ? [] : values.flatMap(([target, value]) => unknown(target, value, classes[target]))),
      ...(labels.has(id) && values.length > 0
        ? [`${ID} stands in line ${labels.get(id)?.line} already: keep one`]
        : []),
    ];
    problems.push(...wrong.map((problem) => `line ${line}: ${problem}`));
    if (values.length === 0) empty += 1;
    else if (wrong.length === 0) labels.set(id, { id, values: Object.fromEntries(values), line });
  }
  return { labels: [...labels.values()].map(({ id, values }) => ({ id, values })), empty, problems };
}

/** More names than these nobody reads in a line. */
const NAMED = 12;

function unknown(target: string, value: string, known: readonly string[] = []): string[] {
  if (known.length === 0 || known.includes(value)) return [];
  const more = known.length > NAMED ? ` and ${known.length - NAMED} more` : '';
  return [
    `"${value.slice(0, 60)}" is no class of ${target}: known are ${known.slice(0, NAMED).join(', ')}${more}; --new-classes allows others`,
  ];
}

interface Line {
  /** Of the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** RFC 4180, with the separator that the first line has most of; blank lines are left out. */
function parse(text: string): Line[] {
  const [first = ''] = text.split(/\r?\n/, 1);
  const separator = [',', ';', '\t'].reduce((best, each) =>
    first.split(each).length > first.split(best).length ? each : best,
  );
  const lines: Line[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let began = 1;
  const endLine = () => {
    cells.push(cell);
    if (cells.some((each) => each !== '')) lines.push({ line: began, cells });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === separator) {
      cells.push(cell);
      cell = '';
    } else if (sign === '\n') {
      endLine();
      began = line;
    } else if (sign !== '\r') cell += sign;
  }
  if (cell !== '' || cells.length > 0) endLine();
  return lines;
}
