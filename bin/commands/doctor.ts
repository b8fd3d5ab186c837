import { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { examine } from '../../operations/doctor/doctor';
import { runProgram } from '../../operations/doctor/machine';
import { diagnosisOf, show } from '../../operations/doctor/show';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { TEMPLATES } from './bundle';

/** Looks at machine, accounts and deployments, and says what to do about what it finds. */
export function doctorCommand(exit: (code: number) => void): Command {
  return new Command('doctor')
    .summary('look for what would go wrong, and say how to put it right')
    .description(
      'Look for what would go wrong, and say how to put it right: placeholders, credentials, bootstrap, connection,\n' +
        'quotas, data, stacks, deleted resources, subscriptions, budgets, leftovers. It reads and changes nothing.',
    )
    .argument(
      '[environment]',
      'an environment of platform.yaml, or "delivery"; all of them where it is left out',
    )
    .option('--json', 'answer with JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(['npm run doctor', 'npm run doctor -- prod', 'npm run --silent doctor -- dev --json'], {
        done: 'no errors',
        failed: 'errors were found',
        cannot: 'it could not start',
      }),
    )
    .action(async (only: string | undefined, options: { json?: boolean; projects: string }) => {
      const { projects } = options;
      const config = loadConfig({ projects, templates: TEMPLATES });
      const terminal = terminalOf(process);
      const machine = { config, projects, node: process.version, run: runProgram };
      const diagnosis = diagnosisOf(
        await examine({ machine, only, say: (line) => terminal.say(`looking at ${line}`) }),
      );
      answer(terminal, options.json, diagnosis, show);
      exit(diagnosis.errors > 0 ? EXIT.failed : EXIT.done);
    });
}
