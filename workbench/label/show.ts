import type { Terminal } from '../../operations/terminal/terminal';
import type { LabelSummary } from './label';

/** What became of a labelling, and what to do next. */
export function showLabelled(summary: LabelSummary, { paint }: Pick<Terminal, 'paint'>): string {
  const { project, environment, read, picked, csv, labelled, empty, problems } = summary;
  const lines: string[] = [];
  if (read) {
    const { answers, unreadable, cut } = read;
    const left = cut ? ', older ones were left' : '';
    const odd = unreadable > 0 ? `; ${unreadable} captured lines could not be read` : '';
    lines.push(
      `${count(answers)} answers of ${project} in ${environment} were looked through${left}${odd}: ${picked} to label`,
    );
  }
  if (csv)
    lines.push(
      `Fill in ${csv}, then: npm run label -- ${project} --environment ${environment} --from ${csv}`,
    );
  else if (labelled > 0)
    lines.push(paint('green', `${labelled} labelled; the next training learns from them`));
  else lines.push('Nothing was labelled');
  if (empty) lines.push(`${empty} lines without a label`);
  lines.push(...problems.map((problem) => paint('red', problem)));
  return lines.join('\n');
}

const count = (value: number): string => value.toLocaleString('en');
