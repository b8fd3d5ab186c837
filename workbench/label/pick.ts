import type { Answered } from './captured';
import type { Records } from './records';

/** Why somebody is asked about a target of a row. */
type Reason = 'abstained' | 'corrections disagree' | 'alike, answered differently';

/** A row that somebody should label, and of which targets. */
export interface ToLabel extends Answered {
  /** By target, never empty. */
  readonly asked: Readonly<Record<string, Reason>>;
}

/**
 * The rows that are worth a person's time, least confident first: those where the model abstained, and those where
 * answers or corrections contradict each other.
 *
 * Rows that say the same (see `sameText`) are asked about once. A target that was corrected is not asked about again, nor
 * is that of a row that says the same.
 *
 * @param done inference ids that were labelled here before: a correction that was confirmed leaves no trace in the records
 */
export function pick(
  { answers, corrections }: Pick<Records, 'answers' | 'corrections'>,
  targets: readonly string[],
  done: ReadonlySet<string>,
  most: number,
): ToLabel[] {
  const valuesOf = (id: string, target: string) => corrections.get(id)?.[target] ?? [];
  const texts = new Map(answers.map((each) => [each.id, sameText(each)]));
  const textOf = ({ id }: Answered) => texts.get(id) ?? id;

  const settled = new Set<string>();
  const answered = new Map<string, Set<string>>();
  for (const each of answers) {
    for (const target of targets) {
      const about = `${target} ${textOf(each)}`;
      const values = valuesOf(each.id, target);
      if (values.length === 1 || done.has(each.id)) settled.add(about);
      answered.set(about, (answered.get(about) ?? new Set()).add(each.answer[target]?.value ?? ''));
    }
  }

  const candidates = answers
    .filter(({ id }) => !done.has(id))
    .flatMap((each): ToLabel[] => {
      const asked = targets.flatMap((target): [string, Reason][] => {
        const about = `${target} ${textOf(each)}`;
        if (valuesOf(each.id, target).length > 1) return [[target, 'corrections disagree']];
        if (valuesOf(each.id, target).length === 1 || settled.has(about)) return [];
        if (each.answer[target]?.abstained) return [[target, 'abstained']];
        return (answered.get(about)?.size ?? 0) > 1 ? [[target, 'alike, answered differently']] : [];
      });
      return asked.length > 0 ? [{ ...each, asked: Object.fromEntries(asked) }] : [];
    })
    .sort((a, b) => leastConfidence(a) - leastConfidence(b) || (a.id < b.id ? -1 : 1));

  const seen = new Set<string>();
  return candidates
    .filter((each) => {
      const text = textOf(each);
      if (seen.has(text)) return false;
      seen.add(text);
      return true;
    })
    .slice(0, most);
}

const leastConfidence = ({ asked, answer }: ToLabel): number =>
  Math.min(...Object.keys(asked).map((target) => answer[target]?.confidence ?? 1));

/**
 * What makes two rows say the same: their letters, without case, signs and spaces, and with every number alike, as the
 * split of pipelines/steps/rows.py sees it. A row without a letter is like no other.
 */
function sameText({ id, row }: Answered): string {
  const letters = Object.values(row)
    .join('\n')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\d+/g, '0')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return /\p{L}/u.test(letters) ? letters : id;
}
