import { listOf, recordOf, textOf } from '../assembly/text';
import { ACTION_MINUTES, WAITING_MINUTES } from './assumptions';
import type { Cost, Findings, Priced } from './findings';
import type { Item } from './price-table';

/** Minutes of CodeBuild, by the type of its machine. */
const MACHINES: Readonly<Record<string, Item>> = {
  BUILD_GENERAL1_SMALL: 'codebuild_small_minute',
  BUILD_GENERAL1_MEDIUM: 'codebuild_medium_minute',
  BUILD_GENERAL1_LARGE: 'codebuild_large_minute',
};

/** Actions that wait until a training has ended. */
const WAITING = /train|smoke/i;

/**
 * What one merge costs in a delivery pipeline: minutes of its actions, and of the machines that do them. A person's approval
 * costs nothing, however long it takes.
 *
 * @see https://aws.amazon.com/codepipeline/pricing/
 */
export function priceDelivery({ resource, stack, prices }: Priced): Findings {
  const actions = listOf(recordOf(resource.Properties).Stages)
    .flatMap((stage) => listOf(recordOf(stage).Actions))
    .map(recordOf)
    .filter(({ ActionTypeId }) => recordOf(ActionTypeId).Category !== 'Approval');
  const minute = prices.item('codepipeline_minute');
  const minutes = actions.reduce((sum, action) => sum + minutesOf(action), 0);
  const builds = actions
    .filter(({ ActionTypeId }) => recordOf(ActionTypeId).Provider === 'CodeBuild')
    .map((action) => build(action, stack, prices));
  return [
    {
      when: 'merge',
      what: 'delivery pipeline',
      usd: minutes * minute.usd,
      how: `${actions.length} actions, ${minutes} min × ${minute.usd}`,
      source: minute.source,
    },
    ...builds,
  ];
}

function minutesOf({ Name, ActionTypeId }: Readonly<Record<string, unknown>>): number {
  if (recordOf(ActionTypeId).Category === 'Source') return 1;
  return WAITING.test(String(Name)) ? WAITING_MINUTES : ACTION_MINUTES;
}

function build(
  action: Readonly<Record<string, unknown>>,
  stack: Priced['stack'],
  prices: Priced['prices'],
): Cost | { readonly unpriced: string } {
  const name = textOf(recordOf(action.Configuration).ProjectName);
  const [, project] =
    Object.entries(stack.template.Resources ?? {}).find(
      ([id, { Type, Properties }]) =>
        Type === 'AWS::CodeBuild::Project' &&
        (name === `\${${id}}` || name === textOf(recordOf(Properties).Name)),
    ) ?? [];
  const machine = textOf(recordOf(recordOf(project?.Properties).Environment).ComputeType);
  const item = MACHINES[machine];
  if (!item) return { unpriced: `machine ${machine} of action ${String(action.Name)}` };
  const { usd, source } = prices.item(item);
  const minutes = minutesOf(action);
  return {
    when: 'merge',
    what: `build: ${String(action.Name)}`,
    usd: minutes * usd,
    how: `${minutes} min × ${usd}`,
    source,
  };
}
