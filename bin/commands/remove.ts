import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { nameProblem } from '../../lib/config/cross-check';
import { loadConfig } from '../../lib/config/load';
import { nearest } from '../../lib/config/nearest';
import { shownPath, withGiven } from '../../lib/config/problems';
import { rule } from '../../lib/config/rule';
import { refuseUncommitted, removeFolder } from '../../operations/scaffold/remove/folder';
import { isBare, lookAt, type Seen } from '../../operations/scaffold/remove/look';
import { deleteLeftovers, RemovalFailed, takeAway } from '../../operations/scaffold/remove/remove';
import {
  forMachines,
  type Plan,
  renderLeftovers,
  renderMerge,
  renderPlan,
} from '../../operations/scaffold/remove/render';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { type Terminal, terminalOf } from '../../operations/terminal/terminal';
import { TEMPLATES } from './bundle';
import { personAt } from './person';

interface RemoveOptions {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly keepFolder?: boolean;
  readonly filesOnly?: boolean;
  readonly leftovers?: boolean;
  readonly json?: boolean;
  readonly projects: string;
}

/** Seconds between two looks at what is being deleted, where MLOPS_POLL_SECONDS says nothing. */
const POLL_SECONDS = 10;

/** Takes a project away: from AWS first, then its folder. */
export function removeCommand(exit: (code: number) => void): Command {
  return new Command('remove')
    .summary('take a project away, and say what stays and what costs')
    .description(
      'Say what goes, what stays and what would go on costing; then, once confirmed, delete the endpoint and the stacks ' +
        'of the project in every account, and its folder last. Data, models and keys stay. A run that was cut off is ' +
        'gone on with by running it again. Credentials: the current ones, or profiles mlops-delivery and ' +
        'mlops-<environment>.',
    )
    .argument('<project>', 'its name, also when its folder is gone already')
    .option('--yes', 'do it without asking')
    .option('--keep-folder', 'take it away from AWS only')
    .option('--files-only', 'remove its folder only, and look at nothing in AWS')
    .option('--force', 'remove the folder although git could not bring it back')
    .option('--leftovers', 'delete for good what an earlier removal left: data, models, images, keys')
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run remove -- support-mail',
          'npm run remove -- support-mail --yes --keep-folder',
          'npm run remove -- support-mail --leftovers',
        ],
        {
          done: 'it is gone',
          failed: 'some of it is still there; the message says what, and running it again goes on',
          cannot: 'it cannot be done, or nobody confirmed it; nothing has changed',
        },
      ),
    )
    .action(async (project: string, options: RemoveOptions) => {
      exit(await remove(project, options, terminalOf(process)));
    });
}

async function remove(project: string, options: RemoveOptions, terminal: Terminal): Promise<number> {
  const { projects, json } = options;
  const { platform } = loadConfig({ projects, templates: TEMPLATES, only: [] });
  const problem = nameProblem(project, platform, []);
  if (problem)
    throw new Refusal(withGiven(rule({ ...problem, wrong: `the name ${problem.wrong}` }), project));
  const folder = join(projects, project);
  if (!existsSync(folder)) terminal.say(absence(projects, project));
  const goes = existsSync(folder) && !options.keepFolder && !options.leftovers;
  if (goes && !options.force) refuseUncommitted(folder);
  const look = async () => (options.filesOnly ? { seen: [], unseen: [] } : await lookAt(platform, project));
  const plan: Plan = { project, ...(goes && { folder: shownPath(folder) }), ...(await look()) };
  refuseSenseless(plan, options);

  if (isDone(plan, options)) {
    terminal.answer(json ? jsonOf(plan) : renderLeftovers(plan));
    return EXIT.done;
  }
  if (!options.yes || !json) terminal.answer(json ? jsonOf(plan) : renderPlan(plan, options, terminal));
  if (!options.yes) await confirm(project, json, terminal);
  const pause = () => sleep(Number(process.env.MLOPS_POLL_SECONDS || POLL_SECONDS) * 1000);
  try {
    if (options.leftovers) await deleteLeftovers(plan.seen, terminal.say);
    else await takeAway(plan.seen, terminal.say, pause);
  } catch (error) {
    if (!(error instanceof RemovalFailed)) throw error;
    terminal.say(error.message);
    return EXIT.failed;
  }
  const complete = plan.unseen.length === 0;
  if (goes && complete) removeFolder(folder);
  const after: Plan = { project, ...(await look()) };
  terminal.answer(json ? jsonOf(after) : renderAfter(after, plan, options));
  if (!complete) terminal.say(unseenLine(plan));
  return complete ? EXIT.done : EXIT.failed;
}

/** A project may be gone from here and not from AWS; a mistyped one was never here. */
function absence(projects: string, project: string): string {
  const others = readdirSync(projects).filter((name) => existsSync(join(projects, name, 'project.yaml')));
  const near = nearest(project, others);
  return `${shownPath(join(projects, project))} is not here${near ? `; did you mean ${near}?` : ''}`;
}

const jsonOf = (plan: Plan): string => JSON.stringify(forMachines(plan), null, 2);

const renderAfter = (after: Plan, before: Plan, { filesOnly }: RemoveOptions): string =>
  [
    ...(before.folder && before.unseen.length === 0 ? [renderMerge(before)] : []),
    filesOnly ? 'Nothing in AWS was looked at or changed.' : renderLeftovers(after),
  ].join('\n');

/** Taken away before, with all accounts looked at: only what stays is left to be said. */
const isDone = ({ folder, seen, unseen }: Plan, { leftovers }: RemoveOptions): boolean =>
  !folder && !leftovers && unseen.length === 0 && seen.every(isBare);

const unseenLine = ({ folder, unseen }: Plan): string =>
  `Not looked at: ${unseen.map(({ place }) => place.name).join(', ')}. ` +
  `Run the same again with access to it${folder ? '; the folder stays until then' : ''}.`;

function refuseSenseless(
  { project, folder, seen, unseen }: Plan,
  { leftovers, filesOnly }: RemoveOptions,
): void {
  if (leftovers && seen.some((each) => !isBare(each))) {
    const where = seen.filter((each) => !isBare(each)).map(({ place }) => place.name);
    throw new Refusal(
      `${project} is still deployed in ${where.join(' and ')} · first take it away: npm run remove -- ${project}`,
    );
  }
  const isNowhere = (each: Seen) => isBare(each) && each.kept.length === 0;
  if (folder || unseen.length > 0 || !seen.every(isNowhere)) return;
  const looked = filesOnly ? '' : ', nor anything of it in any account of platform.yaml';
  throw new Refusal(`there is no folder of a project ${project}${looked} · check the name`);
}

async function confirm(project: string, json: boolean | undefined, terminal: Terminal): Promise<void> {
  if (json || !terminal.interactive) throw new Refusal('nothing has changed · to do it: --yes');
  const person = await personAt();
  await person.input(`Type ${project} to do it:`, undefined, (typed) =>
    typed === project ? undefined : `that is not ${project}; Ctrl-C changes nothing`,
  );
}
