import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { benchLearners, type Contestant, type LearnerLine } from '../../bench/learners';
import { benchServing, type ServingLine } from '../../bench/serving';
import type { Project } from '../../lib/config/project';
import { learnerSettings } from '../../lib/config/settings';
import { Refusal } from '../../operations/terminal/refusal';
import { codeBundle, SHARED_STEPS } from '../../pipelines/code-bundle';
import { tooling } from '../../rehearsal/environments/tooling';
import { openStage } from '../../rehearsal/open-stage';
import { Belongings } from '../../rehearsal/processes/belongings';
import { Progress } from '../../rehearsal/report/progress';
import { Run } from '../../rehearsal/run';
import { newRun, RunFolder } from '../../workbench/train/run-folder';
import { loadProject } from './bundle';
import { dataFiles } from './data-files';
import { learningOf, withLearner } from './learning';
import { REHEARSAL_FOLDER } from './python';
import { rehearsalOf } from './rehearse';

export interface LearnersOptions {
  readonly project?: string;
  readonly learner?: string[];
  readonly data?: string;
  readonly fields?: string;
  readonly targets?: string;
  readonly projects: string;
  readonly say: (what: string) => void;
}

/** Every learner on the same rows; the rows may have other columns than the project. */
export async function learnersOf(options: LearnersOptions): Promise<LearnerLine[]> {
  const loaded = loadProject(options.projects, options.project).project;
  const [place = ''] = Object.keys(loaded.environments);
  const columns = (given: string | undefined, own: readonly string[]) => given?.split(',') ?? own;
  const fields = columns(options.fields, loaded.fields);
  const targets = columns(options.targets, loaded.targets);
  const belongings = new Belongings();
  belongings.releaseOnSignals();
  try {
    const tools = await tooling({
      directory: REHEARSAL_FOLDER,
      env: process.env,
      belongings,
      say: options.say,
    });
    const run = newRun(tools.directory, loaded.name, 'bench', new Date());
    const contestants: Contestant[] = [];
    for (const learner of chosen(loaded, options.learner)) {
      const project = withLearner(loaded, place, learner);
      const settings = {
        ...learnerSettings(project, place),
        fields,
        targets,
        // Nothing is refused here: it is measured.
        gate: { ...loaded.gate, macro_f1: {}, champion: 'ignored' as const, cheaper: 'ignored' as const },
        abstain: Object.fromEntries(targets.map((target) => [target, 0])),
      };
      contestants.push({
        learner,
        training: {
          run: new RunFolder(`${run.path}/${learner}`),
          bundle: codeBundle(project.folder, SHARED_STEPS, settings),
          settings,
          learner: await learningOf(project, place, learner, tools, options.say),
          belongings,
          say: (step, line) => options.say(`${learner} ${step}: ${line}`),
          seconds: {},
        },
      });
    }
    return await benchLearners(contestants, dataFiles(loaded, place, options.data), options.say);
  } finally {
    await belongings.release();
  }
}

/** One request through the API beside one to the endpoint, in the emulator. */
export async function servingOf(options: LearnersOptions): Promise<ServingLine[]> {
  const { platform, project } = loadProject(options.projects, options.project);
  const belongings = new Belongings();
  belongings.releaseOnSignals();
  const progress = new Progress(new Writable({ write: (_chunk, _encoding, done) => done() }), false);
  try {
    options.say('opening the emulator, training and releasing');
    const settings = rehearsalOf(platform, project, { projects: resolve(options.projects) });
    const { ready } = openStage(settings, { belongings, progress, run: new Run(progress, undefined) });
    return await benchServing(await ready());
  } finally {
    await belongings.release();
  }
}

/** Those that are named; otherwise all that a machine without a GPU trains in minutes. */
function chosen({ kind }: Project, named: readonly string[] | undefined): string[] {
  const known = Object.keys(kind.learners);
  const unknown = named?.find((name) => !known.includes(name));
  if (unknown) throw new Refusal(`--learner ${unknown}: no such learner · allowed: ${known.join(', ')}`);
  if (named) return known.filter((name) => named.includes(name));
  return known.filter((name) => kind.learners[name]?.accelerator !== 'gpu');
}
