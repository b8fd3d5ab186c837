import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Project } from '../../lib/config/project';
import { learnerSettings } from '../../lib/config/settings';
import { changedFiles, checkOut, commitOf } from '../../operations/assembly/revision';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { codeBundle, SHARED_STEPS } from '../../pipelines/code-bundle';
import { type Tooling, tooling } from '../../rehearsal/environments/tooling';
import { Belongings } from '../../rehearsal/processes/belongings';
import { compare, type Side } from '../../workbench/compare/compare';
import { comparisonMarkdown } from '../../workbench/compare/markdown';
import { showComparison } from '../../workbench/compare/show';
import { Narrator } from '../../workbench/train/narrator';
import { newRun, RunFolder } from '../../workbench/train/run-folder';
import { loadProject, requireEnvironment } from './bundle';
import { dataFiles } from './data-files';
import { cheaperOf, learningOf, withLearner } from './learning';
import { REHEARSAL_FOLDER } from './python';

interface CompareOptions {
  readonly against?: string;
  readonly learner?: string;
  readonly againstLearner?: string;
  readonly data?: string;
  readonly environment?: string;
  readonly markdown?: string;
  readonly json?: boolean;
  readonly projects: string;
}

/** Compares two revisions or two learners of a project on the same rows. */
export function compareCommand(exit: (code: number) => void): Command {
  return new Command('compare')
    .summary('compare two revisions or two learners of a project on the same rows')
    .description(
      'Compare two revisions or two learners of a project: both are trained on the same rows and answer the same held-out rows.\n' +
        "Tells metrics with intervals, the paired test, the gate's verdict, classes that got better or worse, rows that flipped, calibration, size and speed.",
    )
    .argument('[project]', 'name of a folder in projects/; may be left out where there is one')
    .option(
      '--against <revision>',
      'a git revision; if nothing is said HEAD where the working tree has changes, and HEAD~1 otherwise',
    )
    .option('--learner <name>', 'learner of this side, instead of the one of project.yaml')
    .option(
      '--against-learner <name>',
      'learner of the other side; without --against both are of the working tree',
    )
    .option('--data <csv>', 'rows instead of those of project.yaml: a CSV file, or a folder of them')
    .option(
      '--environment <name>',
      'whose settings of project.yaml count; the first of the file if nothing is said',
    )
    .option('--markdown <file>', 'write the table for a pull request too; without the texts of rows')
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run compare -- email-classification',
          'npm run compare -- email-classification --against origin/main',
          'npm run compare -- email-classification --learner embedding --against-learner linear',
        ],
        {
          done: 'the gate would let this one pass with the other as the champion',
          failed: 'the gate would refuse it, or a step failed',
          cannot: 'it could not start: an unknown project, revision or learner, or no rows',
        },
      ),
    )
    .action(async (name: string | undefined, options: CompareOptions) => {
      const terminal = terminalOf(process);
      const belongings = new Belongings();
      belongings.releaseOnSignals();
      const narrator = new Narrator(process.stderr, process.env);
      try {
        const say = (what: string) => narrator.line('prepare', what);
        const tools = await tooling({ directory: REHEARSAL_FOLDER, env: process.env, belongings, say });
        const sides = sidesOf(name, options, tools, belongings);
        const { project, place } = sides;
        const run = newRun(tools.directory, project.name, 'compare', new Date());
        const make = async (side: Chosen, folder: string, label: string): Promise<Side> => {
          const settings = learnerSettings(side.project, place);
          const cheaper = side === sides.this ? cheaperOf(side.project, settings.learner) : undefined;
          return {
            name: side.name,
            training: {
              run: new RunFolder(join(run.path, folder)),
              bundle: codeBundle(side.project.folder, join(side.root, SHARED_STEPS), settings),
              settings,
              learner: await learningOf(side.project, place, settings.learner, tools, say),
              cheaper: cheaper ? await learningOf(side.project, place, cheaper, tools, say) : undefined,
              belongings,
              say: (step, line) => narrator.line(`${step}${label}`, line),
              seconds: {},
            },
          };
        };
        const data = dataFiles(project, place, options.data);
        const other = await make(sides.against, 'against', ' (other)');
        const found = await compare(await make(sides.this, 'this', ''), other, data);
        narrator.stop();
        if (options.markdown) writeFileSync(options.markdown, comparisonMarkdown(found));
        answer(terminal, options.json, found, showComparison);
        exit(found.evaluation.gate.passed ? EXIT.done : EXIT.failed);
      } finally {
        narrator.stop();
        await belongings.release();
      }
    });
}

/** A side before its environment is made. */
interface Chosen {
  readonly name: string;
  readonly project: Project;
  /** Folder that holds the shared steps. */
  readonly root: string;
}

/** What is compared with what. */
function sidesOf(
  name: string | undefined,
  options: CompareOptions,
  tools: Tooling,
  belongings: Belongings,
): { project: Project; place: string; this: Chosen; against: Chosen } {
  const root = resolve('.');
  const loaded = loadProject(options.projects, name).project;
  const place = options.environment ?? Object.keys(loaded.environments)[0] ?? '';
  requireEnvironment(loaded, place);
  const project = withLearner(loaded, place, options.learner);
  const mine = { name: 'working tree', project, root };
  if (options.againstLearner !== undefined && options.against === undefined) {
    const other = withLearner(loaded, place, options.againstLearner);
    if (other.environments[place]?.learner === project.environments[place]?.learner) {
      throw new Refusal(
        `--against-learner ${options.againstLearner}: both sides are of the working tree and have the same learner; name another, or a revision with --against`,
      );
    }
    return { project, place, this: mine, against: { name: 'working tree', project: other, root } };
  }
  const checkout = { root, env: process.env };
  const revision = options.against ?? defaultRevision(checkout, project.folder);
  const commit = commitOf(checkout, revision);
  const folder = mkdtempSync(join(tools.directory, 'revision-'));
  belongings.add(folder, () => rmSync(folder, { recursive: true, force: true }));
  const copy = checkOut(checkout, revision, folder);
  const then = loadThen(copy, options.projects, project.name, revision);
  return {
    project,
    place,
    this: mine,
    against: {
      name: `${revision} ${commit.slice(0, 7)}`,
      project: withLearner(then, place, options.againstLearner),
      root: copy,
    },
  };
}

/** The project as it was in a revision. */
function loadThen(copy: string, projects: string, name: string, revision: string): Project {
  try {
    return loadProject(join(copy, projects), name, join(copy, 'templates')).project;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Refusal(
      `${name} of ${revision} cannot be compared with: ${error.message.replaceAll(`${copy}/`, '')}`,
    );
  }
}

/** What a person most likely means: what is not committed yet, or else the last commit. */
function defaultRevision(checkout: Parameters<typeof commitOf>[0], folder: string): string {
  const touched = changedFiles(checkout, 'HEAD').some(
    (file) => file.startsWith(`${folder}/`) || file.startsWith(`${SHARED_STEPS}/`),
  );
  return touched ? 'HEAD' : 'HEAD~1';
}
