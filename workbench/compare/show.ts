import { pathToFileURL } from 'node:url';
import { aligned, wrap } from '../../operations/terminal/lines';
import type { Terminal } from '../../operations/terminal/terminal';
import type { Comparison } from './compare';
import type { Flip } from './differences';
import { type ClassLine, classLines, HEADER, metricRows, sizeRows, verdictOf } from './lines';

/** A comparison as a person reads it at a terminal. */
export function showComparison(found: Comparison, { paint, width }: Terminal): string {
  const { differences, evaluation, report } = found;
  const colour = { better: 'green', worse: 'red' } as const;
  const classes = (lines: readonly ClassLine[]) =>
    lines.map(({ direction, text }) => `  ${paint(colour[direction], direction.padEnd(6))} ${text}`);
  const left = differences.left_out.map((target) => `${target} is answered by one of the two only`);
  return [
    `${paint('bold', found.project)}: ${found.this.name} (${found.this.learner}) against ${found.against.name} (${found.against.learner}), on the same ${differences.rows} held-out rows`,
    aligned([HEADER, ...metricRows(differences), ...sizeRows(found)]),
    [...verdictOf(differences), ...left].join('\n'),
    ['Classes that changed:', ...orNone(classes(classLines(differences)))].join('\n'),
    [
      `Rows that flipped, ${differences.flips.length} of ${differences.flipped} (+ this is right, - it no longer is):`,
      ...orNone(differences.flips.flatMap((flip) => flipLines(flip, width, paint))),
    ].join('\n'),
    wrap(`The gate, with ${found.against.name} as the champion: ${evaluation.gate.sentence}`, width).join(
      '\n',
    ),
    `report  ${pathToFileURL(report).href}`,
  ].join('\n\n');
}

const orNone = (lines: readonly string[]): readonly string[] => (lines.length > 0 ? lines : ['  none']);

function flipLines(flip: Flip, width: number, paint: Terminal['paint']): string[] {
  const sign = flip.better ? paint('green', '+') : paint('red', '-');
  const answers = `${flip.against} ${flip.against_confidence.toFixed(2)} → ${flip.this} ${flip.this_confidence.toFixed(2)}`;
  const right = flip.better ? '' : `, right is ${flip.truth}`;
  return [
    `  ${sign} ${flip.target}: ${answers}${right}`,
    ...wrap(flip.text, Math.max(40, width - 6)).map((line) => `      ${paint('dim', line)}`),
  ];
}
