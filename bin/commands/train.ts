import { Command } from 'commander';
import { learnerSettings } from '../../lib/config/settings';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { codeBundle, SHARED_STEPS } from '../../pipelines/code-bundle';
import { tooling } from '../../rehearsal/environments/tooling';
import { Belongings } from '../../rehearsal/processes/belongings';
import { Narrator } from '../../workbench/train/narrator';
import { newRun } from '../../workbench/train/run-folder';
import { showTrained } from '../../workbench/train/show';
import { train } from '../../workbench/train/train';
import { loadProject, requireEnvironment } from './bundle';
import { dataFiles } from './data-files';
import { cheaperOf, learningOf, withLearner } from './learning';
import { REHEARSAL_FOLDER } from './python';

interface TrainOptions {
  readonly data?: string;
  readonly learner?: string;
  readonly environment?: string;
  readonly json?: boolean;
  readonly projects: string;
}

/** Trains and judges a model on this machine, by the steps of the pipeline and nothing else. */
export function trainCommand(exit: (code: number) => void): Command {
  return new Command('train')
    .summary('train and judge a model on this machine, in seconds')
    .description(
      'Train and judge a model on this machine: the steps and the gate of the pipeline, Python only, no emulator.\n' +
        'Writes the model, the evaluation and the report below .rehearsal/runs/<project>/latest.',
    )
    .argument('[project]', 'name of a folder in projects/; may be left out where there is one')
    .option(
      '--data <csv>',
      'train on these rows instead of those of project.yaml: a CSV file, or a folder of them',
    )
    .option('--learner <name>', 'train with this learner of the kind instead of the one of project.yaml')
    .option(
      '--environment <name>',
      'whose settings of project.yaml count; the first of the file if nothing is said',
    )
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run train -- email-classification',
          'npm run train -- email-classification --learner embedding',
          'npm run train -- my-project --data rows.csv',
        ],
        {
          done: 'the gate let the model pass',
          failed: 'the gate refused it, or a step failed',
          cannot: 'it could not start: an unknown project or learner, no rows, no Python',
        },
      ),
    )
    .action(async (name: string | undefined, options: TrainOptions) => {
      const terminal = terminalOf(process);
      const loaded = loadProject(options.projects, name).project;
      const place = options.environment ?? Object.keys(loaded.environments)[0] ?? '';
      const project = withLearner(loaded, place, options.learner);
      const data = dataFiles(project, place, options.data);
      const belongings = new Belongings();
      belongings.releaseOnSignals();
      const narrator = new Narrator(process.stderr, process.env);
      try {
        const say = (what: string) => narrator.line('prepare', what);
        const tools = await tooling({ directory: REHEARSAL_FOLDER, env: process.env, belongings, say });
        const { learner } = requireEnvironment(project, place);
        const learning = await learningOf(project, place, learner, tools, say);
        const cheaper = cheaperOf(project, learner);
        const run = newRun(tools.directory, project.name, learner, new Date());
        const settings = learnerSettings(project, place);
        const training = {
          run,
          bundle: codeBundle(project.folder, SHARED_STEPS, settings),
          settings,
          learner: learning,
          cheaper: cheaper ? await learningOf(project, place, cheaper, tools, say) : undefined,
          belongings,
          say: (step: string, line: string) => narrator.line(step, line),
          seconds: {},
        };
        const trained = await train(training, data);
        narrator.stop();
        const { passed, sentence } = trained.evaluation.gate;
        const all = { project: project.name, learner, passed, sentence, trained, code: run.code, learning };
        answer(terminal, options.json, all, showTrained);
        exit(passed ? EXIT.done : EXIT.failed);
      } finally {
        narrator.stop();
        await belongings.release();
      }
    });
}
