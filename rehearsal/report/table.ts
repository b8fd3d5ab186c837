import type { Metrics, NotRehearsed, PhaseResult, Report } from './report';

/**
 * The report as a person reads it: the table of phases, the metrics, and what was not rehearsed.
 *
 * @param logs where this run's logs are
 * @param width columns of the terminal
 */
export function renderReport(report: Report, logs: string, width = 140): string {
  return [
    table(report.phases, width),
    metrics(report.metrics),
    notRehearsed(report.notRehearsed, width),
    verdict(report, logs),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Columns of phase, seconds and played, with all frames and spaces. */
const FIXED = 44;

function table(phases: readonly PhaseResult[], width: number): string {
  const text = Math.max(width - FIXED, 50);
  const widest = [11, Math.floor(text * 0.45), Math.ceil(text * 0.55), 8, 9];
  const header = ['phase', 'what happened', 'evidence', 'seconds', 'played'];
  const rows = phases.map((phase) => [
    `${phase.ok ? ' ' : '✗'} ${phase.name}`,
    phase.happened,
    phase.evidence,
    phase.seconds.toFixed(1),
    phase.played,
  ]);
  const widths = header.map((title, column) =>
    Math.min(Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)), widest[column] ?? 9),
  );
  const line = (left: string, middle: string, right: string) =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  return [
    line('┌', '┬', '┐'),
    row(header, widths),
    line('├', '┼', '┤'),
    ...rows.map((cells) => row(cells, widths)),
    line('└', '┴', '┘'),
  ].join('\n');
}

/** One row of the table; a long cell goes on in the next line, nothing is cut off. */
function row(cells: readonly string[], widths: readonly number[]): string {
  const lines = cells.map((cell, column) => wrap(cell, widths[column] ?? 10));
  const height = Math.max(...lines.map((cell) => cell.length));
  return Array.from(
    { length: height },
    (_, index) =>
      `│${cells.map((_cell, column) => ` ${(lines[column]?.[index] ?? '').padEnd(widths[column] ?? 10)} `).join('│')}│`,
  ).join('\n');
}

/** Breaks at spaces, and inside a word only where it is longer than the column. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((long) => chunks(long, width))) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  lines.push(line);
  return lines;
}

function chunks(word: string, width: number): string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gs')) ?? [''];
}

function metrics(all: Metrics): string {
  const targets = Object.entries(all);
  if (targets.length === 0) return '';
  const lines = targets.map(
    ([target, { accuracy, macro_f1, calibration_error }]) =>
      `  ${target.padEnd(14)} accuracy ${accuracy.toFixed(4)}   macro F1 ${macro_f1.toFixed(4)}   calibration error ${calibration_error.toFixed(3)}`,
  );
  return ['On the rows held out:', ...lines].join('\n');
}

function notRehearsed(list: readonly NotRehearsed[], width: number): string {
  if (list.length === 0) return '';
  const lines = list.flatMap(({ what, why }) => {
    const [first = '', ...rest] = wrap(`${what}: ${why}`, Math.max(width - 4, 60));
    return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
  });
  return ['NOT REHEARSED', ...lines].join('\n');
}

function verdict(report: Report, logs: string): string {
  const seconds = `${report.seconds.toFixed(1)} s`;
  const failed = report.phases.find((phase) => !phase.ok);
  if (!failed) return `The loop ran in ${seconds}.`;
  return [`FAILED in ${failed.name} after ${seconds}: ${failed.evidence}`, `Logs: ${logs}`].join('\n');
}
