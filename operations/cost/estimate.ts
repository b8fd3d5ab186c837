import type { Assembly, StackTemplate } from '../assembly/assembly';
import { recordOf, textOf } from '../assembly/text';
import { USUAL, type Usage } from './assumptions';
import type { Cost, When } from './findings';
import { BY_USE, FREE, PRICES_DATE, type Prices, pricesOf } from './price-table';
import { PRICERS } from './pricers';
import { runsAMonth } from './runs';

/** What stands for an environment where stacks belong to none. */
export const DELIVERY = 'delivery';

/** A cost, and whose it is. */
export interface Line extends Cost {
  /** Name of the environment, or `delivery`. */
  readonly environment: string;
  /** Undefined for what the projects of an environment share. */
  readonly project: string | undefined;
  readonly stack: string;
}

/** All costs of one project in one environment, or of what the projects there share; US dollars. */
export interface Part {
  readonly environment: string;
  readonly project: string | undefined;
  /** A month, with a model in service and nobody asking. */
  readonly rest: number;
  /** A month of the requests assumed, on top. */
  readonly use: number;
  readonly training: number;
  readonly trainingMost: number;
  /** Trainings a month: those of the calendar, and those of merges. */
  readonly trainings: number;
  readonly merge: number;
  /** All of it, a month. */
  readonly month: number;
}

/** Resources of a type that cost nothing, or nothing by themselves. */
interface Free {
  readonly type: string;
  readonly count: number;
  readonly why: string;
}

export interface Estimate {
  /** The day of the prices. */
  readonly prices: string;
  readonly usage: Usage;
  readonly parts: readonly Part[];
  readonly lines: readonly Line[];
  /** What costs something that nobody can say: not in the sums. */
  readonly notPriced: readonly string[];
  readonly free: readonly Free[];
  /** Regions without a list of their own, with the list that stood in. */
  readonly borrowed: readonly { readonly region: string; readonly list: string }[];
}

/** What the stacks of an assembly cost. */
export function estimate({ stacks }: Assembly, usage: Usage = USUAL): Estimate {
  const lines: Line[] = [];
  const notPriced = new Map<string, number>();
  const free = new Map<string, number>();
  const lists = new Map<string, Prices>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

  for (const stack of stacks) {
    const prices = lists.get(stack.region) ?? pricesOf(stack.region);
    lists.set(stack.region, prices);
    for (const [id, resource] of Object.entries(stack.template.Resources ?? {})) {
      const pricer = PRICERS[resource.Type];
      if (!pricer && !FREE[resource.Type] && !BY_USE[resource.Type]) count(notPriced, resource.Type);
      if (FREE[resource.Type] ?? BY_USE[resource.Type]) count(free, resource.Type);
      for (const found of pricer?.({ id, resource, stack, prices, usage }) ?? []) {
        if ('unpriced' in found) count(notPriced, `${found.unpriced} (${stack.name})`);
        else lines.push({ ...found, ...ownerOf(stack) });
      }
    }
  }
  return {
    prices: PRICES_DATE,
    usage,
    parts: partsOf(stacks, lines, usage),
    lines,
    notPriced: [...notPriced].map(([what, times]) => (times > 1 ? `${times} × ${what}` : what)).sort(),
    free: [...free]
      .map(([type, times]) => ({ type, count: times, why: FREE[type] ?? BY_USE[type] ?? '' }))
      .sort((one, other) => one.type.localeCompare(other.type)),
    borrowed: [...lists]
      .filter(([region, { list }]) => region !== list)
      .map(([region, { list }]) => ({ region, list })),
  };
}

const ownerOf = ({ environment, project, name }: StackTemplate) => ({
  environment: environment ?? DELIVERY,
  project,
  stack: name,
});

function partsOf(stacks: readonly StackTemplate[], lines: readonly Line[], usage: Usage): Part[] {
  const owners = new Map(
    stacks.map(ownerOf).map((owner) => [`${owner.environment} ${owner.project}`, owner]),
  );
  return [...owners.values()]
    .map(({ environment, project }) => {
      const own = lines.filter((line) => line.environment === environment && line.project === project);
      const sum = (when: When, of: (line: Line) => number = ({ usd }) => usd) =>
        own.filter((line) => line.when === when).reduce((total, line) => total + of(line), 0);
      const scheduled = stacks
        .filter((stack) => stack.environment === environment && stack.project === project)
        .reduce((total, stack) => total + calendarTrainings(stack), 0);
      const training = sum('training');
      const trainings = training > 0 ? scheduled + usage.merges : 0;
      const rest = sum('rest');
      const use = sum('use');
      const merge = sum('merge');
      return {
        environment,
        project,
        rest,
        use,
        training,
        trainingMost: sum('training', ({ usd, most }) => most ?? usd),
        trainings,
        merge,
        month: rest + use + training * trainings + merge * usage.merges,
      };
    })
    .sort(byOwner);
}

/** Delivery last, what is shared before the projects that share it. */
function byOwner(one: Part, other: Part): number {
  const key = ({ environment, project }: Part) =>
    `${environment === DELIVERY ? 1 : 0} ${environment} ${project ?? ''}`;
  return key(one).localeCompare(key(other));
}

/** How often the calendar starts a training a month: schedules that say so to the start function. */
function calendarTrainings({ template }: StackTemplate): number {
  return Object.values(template.Resources ?? {})
    .filter(({ Type }) => Type === 'AWS::Scheduler::Schedule')
    .map(({ Properties }) => recordOf(Properties))
    .filter(({ Target }) => textOf(recordOf(Target).Input).includes('"reason":"schedule"'))
    .reduce((sum, { ScheduleExpression }) => sum + (runsAMonth(textOf(ScheduleExpression)) ?? 0), 0);
}
