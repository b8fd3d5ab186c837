import { showDifference } from '../cost/show';
import { aligned } from '../terminal/lines';
import type { Colour } from '../terminal/paint';
import type { Terminal } from '../terminal/terminal';
import { type Evidence, warningsOf } from './evidence';
import { factsOf } from './summary';
import type { Impact } from './templates';

const COLOURS: Readonly<Record<Impact, Colour>> = {
  added: 'green',
  removed: 'red',
  kept: 'yellow',
  replaced: 'red',
  'may be replaced': 'yellow',
  changed: 'cyan',
};

/** The evidence for a person at a terminal. */
export function showEvidence(evidence: Evidence, { paint }: Terminal): string {
  const { templates, permissions, metrics, cost, notes } = evidence;
  const resources = templates.resources.map(({ impact, stack, logicalId, type, properties }) => [
    paint(COLOURS[impact], impact),
    stack,
    type.replace('AWS::', ''),
    logicalId,
    impact === 'added' ? '' : properties.join(', '),
  ]);
  const iam = [
    ...permissions.added.map((each) => ['+', each] as const),
    ...permissions.removed.map((each) => ['−', each] as const),
  ].map(([sign, { wildcard, holder, effect, principal, actions, resource }]) => [
    paint(sign === '+' ? 'green' : 'red', sign),
    wildcard ? paint('yellow', 'wildcard') : '',
    holder,
    `${effect}${principal ? ` ${principal}` : ''}`,
    `${actions.join(', ')} on ${resource}`,
  ]);
  const measured = metrics.map(({ project = '', target, metric, before, after }) => [
    project,
    target,
    metric.replaceAll('_', ' '),
    before?.toFixed(4) ?? '—',
    '→',
    after?.toFixed(4) ?? '—',
  ]);
  return [
    factsOf(evidence).join('\n'),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    ...listed(
      'Look at this',
      warningsOf(evidence).map((warning) => [paint('yellow', 'WARN'), warning]),
    ),
    ...listed('Resources', resources),
    ...listed('IAM', iam),
    ...(cost.lines.length > 0 ? [`Cost\n${showDifference(cost)}`] : []),
    ...listed('Metrics on the rows held out', measured),
  ].join('\n\n');
}

function listed(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length > 0 ? [`${title}\n${aligned(rows, 2)}`] : [];
}
