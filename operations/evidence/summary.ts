import { usd, usdChange } from '../cost/usd';
import { type Evidence, warningsOf } from './evidence';

/** Characters that CodePipeline takes for the text beside a manual approval. */
const MOST_CHARACTERS = 1000;

/** The change in a sentence a subject, without the warnings. */
export function factsOf({ templates, permissions, cost, metrics }: Evidence): string[] {
  const count = (impact: string) => templates.resources.filter((each) => each.impact === impact).length;
  const changes = ['added', 'changed', 'replaced', 'may be replaced', 'removed', 'kept']
    .map((impact) => [count(impact), impact] as const)
    .filter(([number]) => number > 0)
    .map(([number, impact]) => `${number} ${impact}`);
  const { added, removed } = permissions;
  const wide = added.filter(({ wildcard }) => wildcard).length;
  const worse = metrics.filter(
    ({ metric, before, after }) =>
      metric === 'macro_f1' && before !== undefined && after !== undefined && after < before,
  );
  return [
    changes.length > 0 ? `Resources: ${changes.join(', ')}` : 'Templates: no difference',
    added.length + removed.length > 0
      ? `IAM: ${added.length} permissions added (${wide} with a wildcard), ${removed.length} removed`
      : 'IAM: no difference',
    cost.lines.length > 0
      ? `Cost: ${usd(cost.before)} → ${usd(cost.after)} a month (${usdChange(cost.after - cost.before)})`
      : `Cost: no difference, ${usd(cost.after)} a month`,
    ...(metrics.length > 0
      ? [`Metrics: macro F1 is lower for ${worse.length} of ${metrics.filter(isF1).length} targets`]
      : []),
  ];
}

const isF1 = ({ metric }: { readonly metric: string }): boolean => metric === 'macro_f1';

/**
 * The evidence as a few lines of plain text, for a place that takes little.
 *
 * @param most characters that it may have. @default - 1000, what an approval of CodePipeline takes
 */
export function summaryOf(evidence: Evidence, most = MOST_CHARACTERS): string {
  const warnings = warningsOf(evidence).map((warning) => `WARN ${warning}`);
  const text = [...factsOf(evidence), ...warnings, ...evidence.notes].join('\n');
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
