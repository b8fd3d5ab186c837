import { DELIVERY, type Estimate } from './estimate';
import { usd } from './usd';

/** What happens when a budget is used up; the same words wherever a budget is mentioned. */
export const AT_THE_LIMIT =
  'At 80 % and 100 % of a budget, and when a month is forecast to end above it, AWS writes to alerts.inform of platform.yaml, some hours late. Nothing is stopped: endpoints answer, trainings start, and what they cost is paid.';

/** An environment against its budget. */
export interface BudgetCheck {
  readonly environment: string;
  /** US dollars a month, all projects. */
  readonly month: number;
  readonly budget: number;
  readonly within: boolean;
  /** For a person: what it is, and what to do where it is too much. */
  readonly sentence: string;
}

/**
 * Compares what each environment is estimated to cost a month with `guardrails.monthly_budget_usd`, which holds for each
 * environment. What delivers is in no environment, and in no budget.
 *
 * @param budget US dollars a month; undefined where none is declared: then there is nothing to check
 */
export function checkBudget(
  { parts, lines, notPriced }: Estimate,
  budget: number | undefined,
): BudgetCheck[] {
  if (budget === undefined) return [];
  const environments = [...new Set(parts.map(({ environment }) => environment))];
  return environments
    .filter((environment) => environment !== DELIVERY)
    .map((environment) => {
      const month = parts
        .filter((part) => part.environment === environment)
        .reduce((sum, part) => sum + part.month, 0);
      const within = month <= budget;
      const [dearest] = lines
        .filter((line) => line.environment === environment && line.when === 'rest')
        .sort((one, other) => other.usd - one.usd);
      const unknown = notPriced.length > 0 ? ', without what is not priced' : '';
      const is = `${environment} is estimated at ${usd(month)} of ${usd(budget)} a month${unknown}`;
      const most = dearest ? ` The most is ${usd(dearest.usd)} for ${dearest.what} (${dearest.stack}).` : '';
      return {
        environment,
        month,
        budget,
        within,
        sentence: within
          ? is
          : `${is}: too much.${most} Choose a smaller serve.instance or fewer instances in a project.yaml, or ask the owner of the platform to raise guardrails.monthly_budget_usd in platform.yaml.`,
      };
    });
}
