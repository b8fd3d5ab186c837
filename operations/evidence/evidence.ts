import type { Assembly } from '../assembly/assembly';
import type { Usage } from '../cost/assumptions';
import { type BudgetCheck, checkBudget } from '../cost/budget';
import { type CostDifference, costDifference, notPricedSentences } from '../cost/difference';
import { estimate } from '../cost/estimate';
import type { MetricChange } from './metrics';
import { type PermissionDifference, permissionDifference } from './permissions';
import { type TemplateDifference, templateDifference } from './templates';

export interface EvidenceProps {
  /** What is there now; no stack where there is nothing. */
  readonly before: Assembly;
  /** What is to come. */
  readonly after: Assembly;
  /** @default - no metrics are shown */
  readonly metrics?: readonly MetricChange[];
  /**
   * `guardrails.monthly_budget_usd`. It holds for all projects of an environment, so `after` must hold them all.
   *
   * @default - no budget is checked
   */
  readonly budget?: number | undefined;
  /** @default - the usual one */
  readonly usage?: Usage;
  /**
   * What else a reviewer should know, a sentence each.
   *
   * @default - nothing
   */
  readonly notes?: readonly string[];
}

/** All that a person looks at before a change goes on. */
export interface Evidence {
  readonly templates: TemplateDifference;
  readonly permissions: PermissionDifference;
  readonly cost: CostDifference;
  readonly budget: readonly BudgetCheck[];
  readonly metrics: readonly MetricChange[];
  readonly notes: readonly string[];
}

/** Compares what is there with what is to come. Looks at the two only, and asks nobody. */
export function evidenceOf(props: EvidenceProps): Evidence {
  const { before, after, metrics = [], budget, usage, notes = [] } = props;
  const now = estimate(after, usage);
  return {
    templates: templateDifference(before, after),
    permissions: permissionDifference(before, after),
    cost: costDifference(estimate(before, usage), now),
    budget: checkBudget(now, budget),
    metrics,
    notes,
  };
}

/** What a reviewer must not miss, a sentence each: losses, wildcards, a budget. */
export function warningsOf({ templates, permissions, cost, budget }: Evidence): string[] {
  const wide = permissions.added.filter(({ wildcard }) => wildcard);
  return [
    ...templates.resources.flatMap(({ stack, logicalId, type, impact, warning }) =>
      warning ? [`${stack}: ${type} ${logicalId} is ${impact}: ${warning}`] : [],
    ),
    ...templates.removedStacks.map((name) => `${name}: the whole stack is no longer there`),
    ...wide.map(
      ({ stack, holder, actions, resource }) =>
        `${stack}: ${holder} gets a new wildcard: ${actions.join(', ')} on ${resource}`,
    ),
    ...notPricedSentences(cost),
    ...budget.filter(({ within }) => !within).map(({ sentence }) => sentence),
  ];
}
