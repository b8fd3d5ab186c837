import { aligned } from '../../terminal/lines';
import type { Terminal } from '../../terminal/terminal';
import { KEY_DAYS } from './leftovers';
import { isBare, type Seen, type Unseen } from './look';
import { stepsOf } from './take-away';

/** What a removal is about to do, before anybody has said yes. */
export interface Plan {
  readonly project: string;
  /** @default - the folder stays, or is gone already */
  readonly folder?: string | undefined;
  readonly seen: readonly Seen[];
  readonly unseen: readonly Unseen[];
}

/** The plan for machines: names only. */
export function forMachines({ project, folder, seen, unseen }: Plan) {
  return {
    project,
    folder: folder ?? null,
    places: seen.map(({ place, stacks, endpoint, monthlyUsd, kept }) => ({
      name: place.name,
      account: place.account,
      region: place.region,
      goes: { stacks, endpoint: endpoint?.name ?? null },
      stays: kept.map(({ what, name }) => ({ what, name })),
      costs: endpoint ? { instances: endpoint.instances, monthlyUsd: monthlyUsd ?? null } : null,
    })),
    unseen: unseen.map(({ place, why }) => ({ name: place.name, account: place.account, why })),
  };
}

/** The plan for a person: what goes, what would go on costing, what stays; or what is deleted for good. */
export function renderPlan(
  plan: Plan,
  { leftovers, filesOnly }: { readonly leftovers?: boolean; readonly filesOnly?: boolean },
  { paint }: Pick<Terminal, 'paint'>,
): string {
  const { project, seen, unseen } = plan;
  const kept = seen.flatMap(({ place, kept: all }) => all.map(({ what, name }) => [place.name, what, name]));
  const table = (title: string, rows: readonly (readonly string[])[], none: string) => [
    paint('bold', title),
    rows.length > 0 ? aligned(rows, 2) : `  ${filesOnly ? none : asFarAsSeen(none, plan)}`,
  ];
  const sections = leftovers
    ? table(
        `Deleted for good, of ${project}; the deletion of a key can be taken back for ${KEY_DAYS} days`,
        kept,
        'nothing is left of it',
      )
    : [
        ...table(`Goes, of ${project}, in this order`, goingLines(plan), 'nothing of it is deployed'),
        ...(filesOnly
          ? ['AWS is not looked at: what is deployed of it goes on running and costing']
          : [
              ...table(
                'Costs until it goes; no stack owns it',
                seen.flatMap(costLines),
                'no endpoint is there',
              ),
              ...table('Stays, and its names stay taken', kept, 'nothing'),
            ]),
      ];
  const blind = unseen.map(({ place, why }) => `${paint('yellow', 'not looked at')}  ${place.name}: ${why}`);
  return [...sections, ...blind].join('\n');
}

/** What is not there, said only of the places that were looked at. */
function asFarAsSeen(none: string, { seen, unseen }: Plan): string {
  if (unseen.length === 0) return none;
  if (seen.length === 0) return 'not known: no account could be looked at';
  return `${none} in ${seen.map(({ place }) => place.name).join(' and ')}; of the others it is not known`;
}

function goingLines({ folder, seen }: Plan): string[][] {
  const deployed = seen.filter((each) => !isBare(each));
  return [
    ...deployed.flatMap((each) =>
      stepsOf(each).map(({ what }) => [each.place.name, each.place.account, what]),
    ),
    ...(folder ? [['here', '', folder]] : []),
  ];
}

function costLines({ place, endpoint, monthlyUsd }: Seen): string[][] {
  if (!endpoint) return [];
  const machines = endpoint.instances.map(({ type, count }) => `${count} × ${type}`).join(', ');
  const usd = monthlyUsd === undefined ? 'no price known' : `${monthlyUsd.toFixed(2)} USD a month`;
  return [[place.name, endpoint.name, machines, usd]];
}

/** The folder is gone here only: the others learn it by a merge. */
export const renderMerge = ({ project, folder = '' }: Plan): string =>
  [
    `${folder} is gone here. For everybody:`,
    `  npm run codeowners && git add -A ${folder} .github/CODEOWNERS && git commit -m "feat(${project}): removed"`,
  ].join('\n');

/** What to know of the things that stayed, with the commands for both ways on. */
export function renderLeftovers({ project, seen, unseen }: Plan): string {
  const kept = seen.filter((each) => each.kept.length > 0);
  if (kept.length === 0) {
    const where =
      unseen.length > 0 ? ` in ${seen.map(({ place }) => place.name).join(' and ') || 'sight'}` : '';
    return `Nothing of ${project} is left${where}.`;
  }
  const all = kept.flatMap(({ place, kept: things }) =>
    things.map(({ what, name }) => [place.name, what, name]),
  );
  const keys = all.filter(([, what]) => what === 'key');
  const storage = kept.map(({ place }) => place.stacks.at(-1) ?? '');
  return [
    `This of ${project} stayed, and its names are taken${keys.length > 0 ? '; a key costs about 1 USD a month' : ''}:`,
    aligned(all, 2),
    `Before a project ${project} is deployed again, do one of the two with all of it:`,
    'delete it for good',
    `  npm run remove -- ${project} --leftovers`,
    'or take it over, data and models with it, once the project is in projects/ again (git revert, or npm run new)',
    ...storage.map((stack) => `  npx cdk import ${stack} && npx cdk deploy ${stack}`),
    '  where import asks for each resource: yes to those with a name; for the key its id, the last part of its ARN above',
    'Half of it does not work: a new key cannot read what the old one encrypted, and new models would count from 1 again.',
  ].join('\n');
}
