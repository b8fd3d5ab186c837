import { costMarkdown } from './cost-section';
import { type Evidence, warningsOf } from './evidence';
import { code, table } from './markdown-text';
import type { Permission } from './permissions';
import { factsOf } from './summary';

/** By this line the comment of an earlier run is found again. */
export const MARKER = '<!-- mlops differences -->';

/** Characters of a comment that GitHub takes, less a little. */
export const MOST_CHARACTERS = 65_000;

interface Section {
  readonly title: string;
  readonly body: string;
}

/**
 * The evidence as Markdown for a comment: what must not be missed first, the rest to be opened.
 *
 * @param most characters that it may have; what does not fit is cut off, and says so. @default - 65 000, what GitHub takes
 */
export function markdownOf(evidence: Evidence, most = MOST_CHARACTERS): string {
  const warnings = warningsOf(evidence);
  const head = [
    MARKER,
    '### What this change does',
    '',
    ...factsOf(evidence).map((fact) => `- ${fact}`),
    ...(warnings.length > 0 ? ['', '**Look at this:**', '', ...warnings.map(warningLine)] : []),
    ...(evidence.notes.length > 0 ? ['', ...evidence.notes.map((note) => `_${note}_`)] : []),
  ].join('\n');
  return fitted(head, sectionsOf(evidence), most);
}

const warningLine = (warning: string): string => `- ⚠️ ${code(warning)}`;

function sectionsOf(evidence: Evidence): Section[] {
  const { templates, permissions, metrics, cost, budget } = evidence;
  const { added, removed } = permissions;
  return [
    { title: 'Cost', body: costMarkdown(cost, budget) },
    ...(metrics.length > 0 ? [{ title: 'Metrics on the rows held out', body: metricsBody(evidence) }] : []),
    ...(added.length + removed.length > 0
      ? [{ title: `IAM: ${added.length} added, ${removed.length} removed`, body: permissionsBody(evidence) }]
      : []),
    ...(templates.resources.length > 0
      ? [{ title: `Templates: ${templates.resources.length} resources`, body: templatesBody(evidence) }]
      : []),
  ];
}

function metricsBody({ metrics }: Evidence): string {
  const shown = (value: number | undefined) => (value === undefined ? '—' : value.toFixed(4));
  return table(
    ['project', 'target', 'metric', 'before', 'after', 'change'],
    metrics.map(({ project = '', target, metric, before, after }) => [
      project,
      code(target),
      metric.replaceAll('_', ' '),
      shown(before),
      shown(after),
      before === undefined || after === undefined ? '' : signed(after - before),
    ]),
  );
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

function permissionsBody({ permissions }: Evidence): string {
  const rows = (sign: string, these: readonly Permission[]) =>
    these.map(({ wildcard, holder, effect, principal, actions, resource, condition }) => [
      `${sign}${wildcard ? ' ⚠️' : ''}`,
      code(holder),
      effect,
      code(principal),
      code(actions.join(', ')),
      code(resource),
      code(condition),
    ]);
  return table(
    ['', 'holder', 'effect', 'who', 'actions', 'resource', 'condition'],
    [...rows('+', permissions.added), ...rows('−', permissions.removed)],
  );
}

function templatesBody({ templates }: Evidence): string {
  return table(
    ['impact', 'stack', 'resource', 'type', 'properties'],
    templates.resources.map(({ impact, stack, logicalId, type, properties, warning }) => [
      `${impact}${warning ? ' ⚠️' : ''}`,
      stack,
      code(logicalId),
      code(type.replace('AWS::', '')),
      code(impact === 'added' ? '' : properties.join(', ')),
    ]),
  );
}

/** Cuts the sections at lines until everything fits; a table that is cut is still a table. */
function fitted(head: string, sections: readonly Section[], most: number): string {
  let text = head.length <= most ? head : `${head.slice(0, most - 1)}…`;
  for (const { title, body } of sections) {
    const open = `\n\n<details><summary>${title}</summary>\n\n`;
    const close = '\n\n</details>';
    const lines = body.split('\n');
    const note = (left: number) =>
      left === 0
        ? ''
        : `\n\n_${left} more lines are left out: npm run differences -- --against <revision> shows all._`;
    let kept = lines.length;
    const section = () => `${open}${lines.slice(0, kept).join('\n')}${note(lines.length - kept)}${close}`;
    while (kept > 0 && text.length + section().length > most) kept = Math.floor(kept * 0.9);
    if (text.length + section().length <= most) text += section();
  }
  return text;
}
