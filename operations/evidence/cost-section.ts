import { AT_THE_LIMIT, type BudgetCheck } from '../cost/budget';
import { type CostDifference, notPricedSentences } from '../cost/difference';
import { DIFFERENCE_HEADER, differenceRow, SHARED } from '../cost/show';
import { usd, usdChange } from '../cost/usd';
import { code, table } from './markdown-text';

/** What a change costs, as Markdown. */
export function costMarkdown(difference: CostDifference, budget: readonly BudgetCheck[]): string {
  const { before, after, parts, lines } = difference;
  const sentences = budget.map(({ within, sentence }) => `- ${within ? '✅' : '❌'} ${sentence}`);
  const checked = sentences.length > 0 ? [...sentences, '', AT_THE_LIMIT] : [];
  if (lines.length === 0) {
    return [`No difference: ${usd(after)} a month.`, ...(checked.length > 0 ? ['', ...checked] : [])].join(
      '\n',
    );
  }
  return [
    `${usd(before)} → ${usd(after)} a month (**${usdChange(after - before)}**), an estimate.`,
    '',
    table(DIFFERENCE_HEADER, parts.map(differenceRow)),
    '',
    ...lines.map(
      (line) =>
        `- ${usdChange(line.after - line.before)} ${code(line.what)} in ${line.environment} ${line.project ?? SHARED}`,
    ),
    ...notPricedSentences(difference).map((sentence) => `- ⚠️ ${code(sentence)}`),
    '',
    ...checked,
  ]
    .join('\n')
    .trim();
}
