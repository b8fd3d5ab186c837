/** What every command ends with, for scripts. */
export const EXIT = {
  /** It did what it was asked, and found nothing wrong. */
  done: 0,
  /** It ran, and found something wrong or failed at it. */
  failed: 1,
  /** It was asked for something that cannot be; the message says what can. */
  cannot: 2,
} as const;

/**
 * The end of a command's `--help`, for `addHelpText('after', …)`.
 *
 * @param examples complete lines to copy
 * @param codes what 0, 1 and 2 mean for this command; a code it cannot end with is left out
 */
export function helpEnd(
  examples: readonly string[],
  codes: { readonly done: string; readonly failed?: string; readonly cannot: string },
): string {
  const { done, failed, cannot } = codes;
  const meanings = [
    `${EXIT.done}  ${done}`,
    ...(failed ? [`${EXIT.failed}  ${failed}`] : []),
    `${EXIT.cannot}  ${cannot}`,
  ];
  const listed = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n');
  return `\nExamples:\n${listed(examples)}\n\nExit codes:\n${listed(meanings)}`;
}
