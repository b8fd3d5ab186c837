import { Command } from 'commander';
import { shownPath } from '../../lib/config/problems';
import { newProject } from '../../operations/scaffold/new/new-project';
import { nextStepsOf } from '../../operations/scaffold/new/next-steps';
import { renderSteps } from '../../operations/scaffold/new/render-steps';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { answer, terminalOf } from '../../operations/terminal/terminal';
import { loadProject, TEMPLATES } from './bundle';

interface NewOptions {
  readonly fields?: string;
  readonly targets?: string;
  readonly steps?: string;
  readonly json?: boolean;
  readonly projects: string;
}

/** Makes a project from its template, and says what to do next. */
export function newCommand(): Command {
  return new Command('new')
    .summary('make a project from a template')
    .description(
      'Make a project from a template: projects/NAME, which synthesizes, rehearses and passes its tests as it is.\n' +
        'Ends with the steps that lead to its first delivery. Nothing changes when it is refused.',
    )
    .argument('[kind]', 'a folder of templates/, such as email-classification, also with @version')
    .argument('[name]', '2 to 20 lower-case letters, digits and hyphens; everything in AWS is named by it')
    .option(
      '--fields <a,b>',
      'columns the model reads, as many as the sample has or fewer; the sample follows',
    )
    .option('--targets <x,y>', 'columns it predicts, as many or fewer, too; sample and gate follow')
    .option('--steps <project>', 'only print the next steps of a project that is there')
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run new -- email-classification support-mail',
          'npm run new -- email-classification tickets --fields title,text --targets queue,priority',
          'npm run new -- --steps tickets',
        ],
        { done: 'it is made', cannot: 'it cannot be made; nothing has changed' },
      ),
    )
    .action((kind: string | undefined, name: string | undefined, options: NewOptions) => {
      const terminal = terminalOf(process);
      const { projects, json } = options;
      if (options.steps !== undefined) {
        const { platform, project } = loadProject(projects, options.steps);
        return answer(terminal, json, nextStepsOf(platform, project), renderSteps);
      }
      if (!kind || !name) throw new Refusal('name a kind and a project: npm run new -- KIND NAME');
      const { platform, project, columns, files } = newProject({
        kind,
        name,
        projects,
        templates: TEMPLATES,
        fields: listOf(options.fields),
        targets: listOf(options.targets),
      });
      const folder = shownPath(project.folder);
      terminal.say(`${folder}: ${files} files from ${project.kind.name}@${project.kind.version}`);
      for (const { name: column, parts } of [...columns.fields, ...columns.targets]) {
        if (parts.join() !== column) terminal.say(`  ${column} holds ${parts.join(' and ')} of the sample`);
      }
      const steps = nextStepsOf(platform, project);
      answer(terminal, json, { project: name, folder, columns, ...steps }, renderSteps);
    });
}

const listOf = (names: string | undefined): string[] | undefined =>
  names
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
