import { wrap } from '../../operations/terminal/lines';
import { framedTable } from '../../operations/terminal/table';
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
    ...(report.sections ?? []).map(({ title, lines }) =>
      [title, ...lines.map((line) => `  ${line}`)].join('\n'),
    ),
    notRehearsed(report.notRehearsed, width),
    verdict(report, logs),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Columns of phase, seconds and played, with all frames and spaces. */
const FIXED = 44;

function table(phases: readonly PhaseResult[], width: number): string {
  const name = Math.max(11, ...phases.map((phase) => phase.name.length + 2));
  const text = Math.max(width - FIXED - (name - 11), 50);
  const widest = [name, Math.floor(text * 0.45), Math.ceil(text * 0.55), 8, 9];
  const header = ['phase', 'what happened', 'evidence', 'seconds', 'played'];
  const rows = phases.map((phase) => [
    `${phase.ok ? ' ' : '✗'} ${phase.name}`,
    phase.happened,
    phase.evidence,
    phase.seconds.toFixed(1),
    phase.played,
  ]);
  return framedTable(header, rows, widest);
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
  if (!failed) return `${report.what ?? 'The loop'} ran in ${seconds}.`;
  return [`FAILED in ${failed.name} after ${seconds}: ${failed.evidence}`, `Logs: ${logs}`].join('\n');
}
