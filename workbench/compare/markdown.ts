import type { Comparison } from './compare';
import { classLines, HEADER, metricRows, sizeRows, verdictOf } from './lines';

/**
 * A comparison as a section of a pull request. It shows no text of any row: a pull request is read by more people than
 * the data are.
 */
export function comparisonMarkdown(found: Comparison): string {
  const { differences, evaluation } = found;
  const rows = [...metricRows(differences), ...sizeRows(found)];
  const classes = classLines(differences);
  return [
    `### ${found.project}: what the model reaches`,
    '',
    `${found.this.name} (${found.this.learner}) against ${found.against.name} (${found.against.learner}), on the same ${differences.rows} held-out rows of the sample.`,
    '',
    line(HEADER),
    line(HEADER.map(() => '---')),
    ...rows.map(line),
    '',
    ...verdictOf(differences).map((sentence) => `- ${cell(sentence)}`),
    `- ${differences.flipped} answers flipped: right before and wrong now, or the other way round`,
    ...classes.map(({ direction, text }) => `- ${direction}: ${cell(text)}`),
    '',
    `The gate, with ${found.against.name} as the champion: ${cell(evaluation.gate.sentence)}`,
    '',
  ].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** Names of classes come from data: none may end a cell or become markup. */
const cell = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>|#~]/g, (sign) => `\\${sign}`).replaceAll('\n', ' ');
