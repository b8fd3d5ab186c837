import { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { showStatus } from '../../operations/status/show';
import { status } from '../../operations/status/status';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { TEMPLATES } from './bundle';

interface StatusOptions {
  readonly environment?: string;
  readonly json?: boolean;
  readonly projects: string;
}

/** Says where projects stand. */
export function statusCommand(exit: (code: number) => void): Command {
  return new Command('status')
    .summary('say where projects stand: a line an environment')
    .description(
      'Say where projects stand, a line an environment: last merge, training, gate, who is waited for since when, what is in service, alarms that ring, and when the calendar retrains. Nothing is changed.',
    )
    .argument('[project]', 'only this one, a folder in projects/')
    .option('--environment <name>', 'only this environment of platform.yaml')
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run status',
          'npm run status -- email-classification',
          'npm run --silent status -- email-classification --environment prod --json',
        ],
        {
          done: 'every environment answered',
          failed: 'an environment did not; its line says why',
          cannot: 'the configuration has a mistake, or there is no such project or environment',
        },
      ),
    )
    .action(async (name: string | undefined, { environment, json, projects }: StatusOptions) => {
      const terminal = terminalOf(process);
      const config = loadConfig({ projects, templates: TEMPLATES, ...(name && { only: [name] }) });
      const now = new Date();
      const all = await status(config, environment, now);
      answer(terminal, json, all, (list) => showStatus(list, terminal, now));
      exit(all.some(({ unreachable }) => unreachable !== undefined) ? EXIT.failed : EXIT.done);
    });
}
