import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { BaseModel } from '../../lib/config/base-models';
import type { Platform } from '../../lib/config/platform';
import type { Project } from '../../lib/config/project';
import { learnerSettings } from '../../lib/config/settings';
import { baseModelOf, modelsIn } from '../../lib/config/used-base-models';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { codeBundle, SHARED_STEPS } from '../../pipelines/code-bundle';
import { distinctImages, IMAGE_FOLDER, learnerImages } from '../../pipelines/images';
import { rehearseDelivery } from '../../rehearsal/delivery/rehearse-delivery';
import { type Rehearsal, rehearse } from '../../rehearsal/rehearse';
import { PHASES, type PhaseName } from '../../rehearsal/report/report';
import { fetchWeights, weightsFolder } from '../../workbench/weights/fetch';
import { loadProject, requireEnvironment } from './bundle';
import { dataFiles } from './data-files';
import { deliveryRehearsalOf } from './delivery-rehearsal';
import { standInsFor } from './image-stand-ins';
import { EMULATOR, REHEARSAL_FOLDER, withTooling } from './python';
import { withOtherLearner } from './rehearsed-learner';

export interface RehearseOptions {
  readonly data?: string;
  readonly learner?: string;
  readonly until?: PhaseName;
  readonly json?: string;
  readonly keep?: boolean;
  readonly strict?: boolean;
  readonly delivery?: boolean;
  readonly quick?: boolean;
  readonly verbose?: boolean;
  readonly projects: string;
}

/** Minutes that a step may take on this machine where the training starts from weights; a transformer takes ten on a CPU. */
const LONG_MINUTES = 90;

/** The environment that is deployed and played; the others are synthesized. */
const PLAYED = 'dev';

/** Plays the whole loop of a project on this machine. */
export function rehearseCommand(exit: (code: number) => void): Command {
  return new Command('rehearse')
    .summary('play the whole loop of a project on this machine')
    .description(
      'Play the whole loop of a project on this machine: no AWS account, no Docker, no credential.\n' +
        'Deploys the synthesized templates into an emulator, trains, releases, asks, corrects, monitors, retrains.',
    )
    .argument('[project]', 'name of a folder in projects/; may be left out where there is one')
    .option('--data <csv>', 'train on these rows instead of the sample: a CSV file, or a folder of them')
    .option(
      '--learner <name>',
      'train with this learner of the kind; what it needs (environments, weights) is made first, and may be large',
    )
    .addOption(
      new Option('--until <phase>', 'stop after this phase; "gate" suits work on train.py').choices([
        ...PHASES,
      ]),
    )
    .option('--json <file>', 'write the report as JSON, with phases, metrics, API and endpoints')
    .option('--keep', 'keep everything up when the loop is done, until Ctrl-C, and print how to reach it')
    .option('--strict', 'fail if anything in the templates was only recorded without a reviewed reason')
    .option(
      '--delivery',
      'play what a merge starts instead: the pipeline and its commands, in every account of platform.yaml',
    )
    .option('--quick', 'with --delivery: leave npm run check out of the commands that are played')
    .option('--verbose', 'show every event, delivery and job')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      `${helpEnd(
        [
          'npm run rehearse',
          'npm run rehearse -- email-classification --until gate',
          'npm run rehearse -- my-project --data rows.csv --json report.json',
          'npm run rehearse -- my-project --learner embedding',
          'npm run rehearse -- my-project --delivery',
        ],
        { done: 'the loop ran', failed: 'a phase failed', cannot: 'it could not start' },
      )}\n\nLogs stay in ${REHEARSAL_FOLDER}/logs.`,
    )
    .action(async (name: string | undefined, options: RehearseOptions) => {
      const loaded = loadProject(options.projects, name);
      requireJsonFolder(options.json);
      if (options.delivery) {
        for (const key of ['data', 'learner', 'until', 'keep', 'strict'] as const) {
          if (options[key] !== undefined)
            throw new Refusal(
              `--${key} is for the loop and does nothing with --delivery; leave one of them out`,
            );
        }
        const { environments } = loaded.project;
        await fetchWeightsOf(
          Object.keys(environments).flatMap((each) => modelsIn(loaded.platform, loaded.project, each)),
        );
        exit(await rehearseDelivery(deliveryRehearsalOf(loaded.platform, loaded.project, options)));
        return;
      }
      const played = playedProject(loaded, options);
      const model = baseModelOf(played.project, requireEnvironment(played.project, PLAYED));
      await fetchWeightsOf(model ? [model] : []);
      const rehearsal = rehearsalOf(played.platform, played.project, {
        ...options,
        projects: played.projects,
      });
      const commit = commitOf(loaded.project.folder);
      exit(await rehearse({ ...rehearsal, play: { ...rehearsal.play, commit }, notes: played.notes }));
    });
}

/** The project as it is rehearsed: with the learner that `--learner` names, in a copy that is gone at the end. */
function playedProject(loaded: ReturnType<typeof loadProject>, { learner, projects }: RehearseOptions) {
  if (learner === undefined || learner === requireEnvironment(loaded.project, PLAYED).learner) {
    return { ...loaded, projects, notes: [] };
  }
  const other = withOtherLearner(loaded, PLAYED, learner, { projects, directory: REHEARSAL_FOLDER });
  process.once('exit', other.remove);
  for (const { what, why } of other.notes) process.stderr.write(`${what}: ${why}\n`);
  return { ...loadProject(other.projects, loaded.project.name), ...other };
}

/** Brings weights that trainings start from to this machine, where they are not there yet. */
async function fetchWeightsOf(models: readonly BaseModel[]): Promise<void> {
  const missing = models.filter((model) => !existsSync(weightsFolder(REHEARSAL_FOLDER, model)));
  if (missing.length === 0) return;
  const say = (what: string) => process.stderr.write(`${what}\n`);
  await withTooling(async (tools) => {
    for (const model of missing) await fetchWeights(model, { tools, say });
  });
}

/** @throws Refusal for a report that could not be written at the end */
function requireJsonFolder(json: string | undefined): void {
  if (!json || existsSync(dirname(resolve(json)))) return;
  throw new Refusal(`${json}: its folder does not exist; make it, or give --json a file in one that does`);
}

/** What the rehearsal of a project is made of; a test plays parts of it. */
export function rehearsalOf(platform: Platform, project: Project, options: RehearseOptions): Rehearsal {
  const chosen = requireEnvironment(project, PLAYED);
  const place = platform.environments[PLAYED];
  if (!place)
    throw new Refusal(`platform.yaml has no environment "${PLAYED}", which is the one that is rehearsed`);
  const settings = learnerSettings(project, PLAYED);
  const model = baseModelOf(project, chosen);
  const images = learnerImages(platform.delivery, project, chosen, IMAGE_FOLDER);
  return {
    play: {
      project: project.name,
      environment: PLAYED,
      fields: project.fields,
      targets: project.targets,
      window: settings.monitor.window,
      minNewRows: project.retrain.min_new_rows,
      bundle: codeBundle(project.folder, SHARED_STEPS, settings),
      commit: commitOf(project.folder),
      data: dataFiles(project, PLAYED, options.data),
      ...(model && { weights: { ...model, folder: weightsFolder(REHEARSAL_FOLDER, model) } }),
      ...(model && { patienceMinutes: LONG_MINUTES }),
    },
    account: place.account,
    region: place.region,
    images: standInsFor(distinctImages([images])),
    projects: options.projects,
    emulator: EMULATOR,
    directory: REHEARSAL_FOLDER,
    until: options.until,
    json: options.json,
    keep: options.keep === true,
    strict: options.strict === true,
    verbose: options.verbose === true,
  };
}

/** Commit of the working tree, marked where it has changes; `unknown` outside git. */
function commitOf(folder: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const commit = git('rev-parse', 'HEAD');
    return git('status', '--porcelain', '--', '.') ? `${commit}+changes` : commit;
  } catch {
    // No git, or no commit yet: the bundle's hash still names the code.
    return 'unknown';
  }
}
