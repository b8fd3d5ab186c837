import { DescribeBudgetCommand } from '@aws-sdk/client-budgets';
import type { Check } from '../check';
import { cdkCommand } from '../commands';
import { isMissing } from '../denial';
import { platformOf } from '../expected';
import { error, type Observation, ok, warning } from '../finding';

/** Whether the budget of the guard rails is there and is the amount that platform.yaml says. */
export const budget: Check = {
  name: 'budget',
  permission: 'budgets:ViewBudget',
  look: async (subject): Promise<Observation[]> => {
    const { monthly_budget_usd: wanted } = subject.config.platform.guardrails;
    const names = platformOf(subject);
    if (wanted === undefined || !names || !(await subject.stacks()).has(names.stack)) return [];
    const deploy = cdkCommand(subject, `deploy ${names.stack}`);
    const found = await subject.aws.budgets
      .send(new DescribeBudgetCommand({ AccountId: subject.account, BudgetName: names.budget }))
      .catch((thrown: unknown) => {
        if (isMissing(thrown)) return undefined;
        throw thrown;
      });
    if (!found?.Budget) {
      return [
        error(
          `budget ${names.budget} of ${wanted} USD a month is not there, so nobody is told of costs`,
          `${deploy} --revert-drift`,
        ),
      ];
    }
    const amount = Number(found.Budget.BudgetLimit?.Amount ?? 0);
    if (amount === wanted) return [ok(`budget ${names.budget} is ${wanted} USD a month`)];
    return [warning(`budget ${names.budget} is ${amount} USD, and platform.yaml says ${wanted}`, deploy)];
  },
};
