import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { type Asker, valuesOf } from '../../operations/scaffold/init/ask';
import { initialise, refuseToOverwrite } from '../../operations/scaffold/init/init';
import { type Known, questions, type Values } from '../../operations/scaffold/init/questions';
import { initAnswer, renderInit } from '../../operations/scaffold/init/render';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { TEMPLATES } from './bundle';
import { personAt } from './person';

interface InitOptions {
  readonly force?: boolean;
  readonly json?: boolean;
  readonly projects: string;
}

/** Writes platform.yaml: asks for what is not given. */
export function initCommand(): Command {
  const command = new Command('init')
    .summary('write platform.yaml: accounts, network, approvals, guard rails')
    .description(
      'Write projects/platform.yaml. On a terminal it asks for what no option gives; without one, what is missing is\n' +
        'refused at once. A file that somebody has made theirs stays, unless --force is given.',
    )
    .option('--force', 'replace a platform.yaml that is no longer the shipped one')
    .option('--json', 'answer as JSON; asks nothing')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects');
  for (const { option, text, choices } of questions({})) {
    command.option(`--${option} <${choices ? choices.join('|') : 'value'}>`, text);
  }
  return command
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run init',
          'npm run init -- --organisation acme --owner ml@acme.com --repository acme/mlops --account 210987654321',
          'npm run init -- --owner ml@acme.com --environments dev --delivery-account 210987654321 --dev-account 310987654321',
        ],
        { done: 'the file is written', cannot: 'something is missing or wrong; nothing was written' },
      ),
    )
    .action(async (options: InitOptions & Values) => {
      const terminal = terminalOf(process);
      const { projects, json, force } = options;
      const asked = questions(known());
      refuseToOverwrite(projects, force === true);
      const given = Object.fromEntries(asked.map(({ option }) => [option, options[camelCase(option)]]));
      const asker = terminal.interactive && !json ? await askerAt() : undefined;
      const values = await valuesOf(asked, given, asker);
      const done = initialise(projects, TEMPLATES, values);
      const { platform } = loadConfig({ projects, templates: TEMPLATES, only: [] });
      answer(terminal, json, initAnswer(done, platform), renderInit);
    });
}

/** Commander's name for the value of an option. */
const camelCase = (option: string): string =>
  option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What this clone and this machine know. */
function known(): Known {
  const git = (...words: string[]): string | undefined => {
    try {
      return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      return undefined;
    }
  };
  const remote = git('remote', 'get-url', 'origin');
  return {
    repository: remote?.match(/[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/)?.[1],
    email: git('config', 'user.email'),
    region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
  };
}

/** The questions, to whoever sits at this terminal. */
async function askerAt(): Promise<Asker> {
  const person = await personAt();
  return {
    input: ({ text }, suggestion, problem) => person.input(`${text}:`, suggestion, problem),
    choose: ({ text }, choices, suggestion) => person.choose(`${text}:`, choices, suggestion),
  };
}
