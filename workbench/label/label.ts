import type { LabelApi, Sent } from './api';
import type { Answered } from './captured';

/** What a call of the command did, as `--json` gives it. */
export interface LabelSummary {
  readonly project: string;
  readonly environment: string;
  /** Answers that were looked through; nothing for labels that came in a file. */
  readonly read?: { readonly answers: number; readonly unreadable: number; readonly cut: boolean };
  /** Rows that a label was asked for. */
  readonly picked?: number;
  /** The file that was written. */
  readonly csv?: string;
  /** Rows whose label is stored. */
  readonly labelled: number;
  /** Lines of the file without a label. */
  readonly empty?: number;
  /** What is wrong with the file, and labels that the API refused. */
  readonly problems: readonly string[];
}

/**
 * The classes that a label may name, by target: those of the model in service, and those it was seen to answer where
 * they were not written down.
 */
export async function classesOf(
  api: Pick<LabelApi, 'classes'>,
  targets: readonly string[],
  answers: readonly Answered[],
): Promise<Record<string, readonly string[]>> {
  const known = await api.classes();
  const seen = (target: string) =>
    [...new Set(answers.map(({ answer }) => answer[target]?.value ?? ''))].filter(Boolean).sort();
  return Object.fromEntries(targets.map((target) => [target, known[target] ?? seen(target)]));
}

/** Refused labels as lines, those with the same reason as one. */
export function refusals({ refused }: Pick<Sent, 'refused'>): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, reason } of refused) byReason.set(reason, [...(byReason.get(reason) ?? []), id]);
  return [...byReason].map(([reason, ids]) => {
    const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
    return `${ids.slice(0, 3).join(', ')}${more}: ${reason}`;
  });
}
