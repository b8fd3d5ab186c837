import { Argument, Command } from 'commander';
import { Failed } from '../../operations/delivery/delivery';
import { type DeliverStep, deliver, STEPS } from '../../operations/delivery/steps';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { terminalOf } from '../../operations/terminal/terminal';
import { loadProject } from './bundle';

/** Seconds between two looks at what is waited for; trainings take minutes. */
const POLL_SECONDS = 20;

/** One step of a project's delivery: what the actions of its pipeline run. */
export function deliverCommand(exit: (code: number) => void): Command {
  return new Command('deliver')
    .summary('run one step of a project’s delivery')
    .description(
      'Run one step of a project’s delivery, as the actions of its pipeline do. At a terminal it acts with your own\n' +
        'credentials of the environment’s account; in the pipeline with those of the environment’s delivery role.',
    )
    .addArgument(new Argument('<step>', 'what to do').choices([...STEPS]))
    .argument('<project>', 'name of a folder in projects/')
    .argument('[environment]', 'environment of platform.yaml; none for image')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .option('--assembly <folder>', 'what deploy and evidence read: the output of npm run synth', 'cdk.out')
    .addHelpText(
      'after',
      `
Steps: image builds the images that the registry lacks; evidence gathers what whoever approves should know; deploy
deploys the project’s stacks and brings its settings to the endpoint; train starts a training and waits for the gate;
smoke tries the next environment’s learner on a few rows.
${helpEnd(
  [
    'npm run deliver -- train email-classification dev',
    'npm run synth && npm run deliver -- evidence email-classification prod',
  ],
  {
    done: 'done, or there was nothing to do',
    failed: 'it failed, or the gate refused',
    cannot: 'it was asked for something that cannot be',
  },
)}`,
    )
    .action(
      async (
        step: DeliverStep,
        name: string,
        environment: string | undefined,
        options: { projects: string; assembly: string },
      ) => {
        const { COMMIT, AUTHOR, EXECUTION, DELIVERY_ROLE_ARN, MLOPS_POLL_SECONDS } = process.env;
        const terminal = terminalOf(process);
        const { platform, project } = loadProject(options.projects, name);
        try {
          const done = await deliver(
            {
              platform,
              project,
              run: {
                commit: COMMIT || 'unknown',
                author: AUTHOR || undefined,
                execution: EXECUTION || undefined,
                roleArn: DELIVERY_ROLE_ARN || undefined,
              },
              assembly: options.assembly,
              env: process.env,
              pollMs: Number(MLOPS_POLL_SECONDS || POLL_SECONDS) * 1000,
              say: terminal.say,
            },
            step,
            environment,
          );
          terminal.answer(done);
        } catch (error) {
          if (!(error instanceof Failed)) throw error;
          terminal.say(error.message);
          exit(EXIT.failed);
        }
      },
    );
}
