import { aligned, wrap } from '../terminal/lines';
import { framedTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { assumptions } from './assumptions';
import { AT_THE_LIMIT, type BudgetCheck } from './budget';
import { type CostDifference, notPricedSentences, summed } from './difference';
import type { Estimate, Line, Part } from './estimate';
import { usd, usdChange } from './usd';

/** What `npm run cost` answers. */
export interface CostAnswer {
  readonly estimate: Estimate;
  readonly budget: readonly BudgetCheck[];
  /** Against another revision, where one was named. */
  readonly difference?: CostDifference;
}

/** What stands where the projects of an environment share something. */
export const SHARED = '(shared)';

const WHEN: Readonly<Record<Line['when'], string>> = {
  rest: 'at rest, a month',
  use: 'in use, a month',
  training: 'a training',
  merge: 'a merge',
};

/** The answer for a person. */
export function showCost(
  { estimate, budget, difference }: CostAnswer,
  { paint, width }: Terminal,
  verbose: boolean,
): string {
  const sentences = budget.map(({ within, sentence }) => paint(within ? 'green' : 'red', sentence));
  return [
    `US dollars, prices of ${estimate.prices}${listsOf(estimate)}; second-hand; an estimate, not an offer`,
    tableOf(estimate.parts),
    ...(difference ? [showDifference(difference)] : []),
    verbose ? detailsOf(estimate) : dearestOf(estimate),
    ...(estimate.notPriced.length > 0
      ? [paint('yellow', section('NOT PRICED, and in no sum', estimate.notPriced, width))]
      : []),
    section('Assumed', assumptions(estimate.usage), width),
    ...(sentences.length > 0 ? [`${sentences.join('\n')}\n${wrap(AT_THE_LIMIT, width).join('\n')}`] : []),
    ...(verbose ? [] : [paint('dim', 'every resource: --verbose · another load: --requests, --merges')]),
  ].join('\n\n');
}

function tableOf(parts: readonly Part[]): string {
  return framedTable(
    ['environment', 'project', 'at rest', 'in use', 'a training', 'of these a month', 'a merge', 'a month'],
    [...parts, ...totalsOf(parts)].map((part) => [
      part.environment,
      part.project ?? SHARED,
      usd(part.rest),
      usd(part.use),
      part.training > 0 ? `${usd(part.training)} (at most ${usd(part.trainingMost)})` : '',
      part.trainings > 0 ? part.trainings.toFixed(0) : '',
      part.merge > 0 ? usd(part.merge) : '',
      usd(part.month),
    ]),
    [11, 22, 10, 10, 26, 8, 8, 10],
  );
}

/** The sum of everything, where there is more than one line. */
function totalsOf(parts: readonly Part[]): Part[] {
  if (parts.length < 2) return [];
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  return [
    {
      environment: 'all',
      project: '',
      rest: sum(({ rest }) => rest),
      use: sum(({ use }) => use),
      training: 0,
      trainingMost: 0,
      trainings: 0,
      merge: 0,
      month: sum(({ month }) => month),
    },
  ];
}

/** Lines that are looked at first. */
const DEAREST = 5;

function dearestOf({ lines }: Estimate): string {
  const rows = summed(lines)
    .filter(({ when }) => when === 'rest' || when === 'use')
    .sort((one, other) => other.usd - one.usd)
    .slice(0, DEAREST)
    .map(({ environment, project, what, usd: amount, when }) => [
      usd(amount),
      `${environment} ${project ?? SHARED}`,
      what,
      WHEN[when],
    ]);
  return `What costs most\n${aligned(rows, 2)}`;
}

function detailsOf({ lines, free }: Estimate): string {
  const alike = new Map<string, Line[]>();
  for (const line of lines) {
    const key = `${line.stack} ${line.when} ${line.what}`;
    alike.set(key, [...(alike.get(key) ?? []), line]);
  }
  const priced = [...alike.values()].map((group) => {
    const [line] = group as [Line, ...Line[]];
    const sum = group.reduce((total, { usd: amount }) => total + amount, 0);
    const hows = [...new Set(group.map(({ how }) => how))];
    return [line.stack, WHEN[line.when], usd(sum), line.what, allOf(hows, group.length)];
  });
  const nothing = free.map(({ type, count, why }) => [`${count} × ${type}`, why]);
  const sources = [...new Set(lines.map(({ source }) => source))].sort().map((source) => [source]);
  return [
    `Every resource\n${aligned(priced, 2)}`,
    `Free, or counted elsewhere\n${aligned(nothing, 2)}`,
    `Prices are from\n${aligned(sources, 2)}`,
  ].join('\n\n');
}

/** How several lines come about; those that are alike are counted. */
const allOf = (hows: readonly string[], count: number): string =>
  hows.length === 1 && count > 1 ? `${count} × (${hows[0]})` : hows.join(' + ');

/** Columns of a table of differences; `differenceRow` fills them. */
export const DIFFERENCE_HEADER = ['environment', 'project', 'before', 'after', 'a month', 'a training'];

/** One project in one environment, before and after. */
export const differenceRow = (part: CostDifference['parts'][number]): string[] => [
  part.environment,
  part.project ?? SHARED,
  usd(part.before),
  usd(part.after),
  usdChange(part.after - part.before),
  usdChange(part.trainingAfter - part.trainingBefore),
];

/** The difference as a table. */
export function showDifference(difference: CostDifference): string {
  const { before, after, parts, lines } = difference;
  const change = `${usd(before)} → ${usd(after)} a month (${usdChange(after - before)})`;
  if (lines.length === 0) return `Against the other revision: no difference, ${usd(after)} a month`;
  const rows = parts
    .filter((part) => part.before !== part.after || part.trainingBefore !== part.trainingAfter)
    .map(differenceRow);
  const details = lines.map((line) => [
    usdChange(line.after - line.before),
    `${line.environment} ${line.project ?? SHARED}`,
    line.what,
    WHEN[line.when],
  ]);
  return [
    `Against the other revision: ${change}`,
    framedTable(DIFFERENCE_HEADER, rows, [11, 22, 10, 10, 10, 10]),
    aligned(details, 2),
    ...notPricedSentences(difference),
  ].join('\n');
}

function listsOf({ borrowed }: Estimate): string {
  return borrowed.map(({ region, list }) => `; ${region} has no list here: that of ${list} is used`).join('');
}

function section(title: string, points: readonly string[], width: number): string {
  const lines = points.flatMap((point) =>
    wrap(point, width - 4).map((line, index) => `  ${index === 0 ? '-' : ' '} ${line}`),
  );
  return `${title}\n${lines.join('\n')}`;
}
