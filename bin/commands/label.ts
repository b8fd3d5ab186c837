import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { accessTo } from '../../operations/aws/credentials';
import { clientsOf } from '../../operations/status/clients';
import { type Subject, subjectOf } from '../../operations/status/subject';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { answer, type Terminal, terminalOf } from '../../operations/terminal/terminal';
import { apiUrl, type LabelApi, labelApi } from '../../workbench/label/api';
import { readCsv, writeCsv } from '../../workbench/label/csv';
import { type Done, rememberDone } from '../../workbench/label/done';
import { classesOf, type LabelSummary, refusals } from '../../workbench/label/label';
import { pick } from '../../workbench/label/pick';
import { readRecords } from '../../workbench/label/records';
import { serveLabels } from '../../workbench/label/server';
import { showLabelled } from '../../workbench/label/show';
import { loadProject } from './bundle';
import { REHEARSAL_FOLDER } from './python';

interface LabelOptions {
  readonly environment?: string;
  readonly days: string;
  readonly rows: string;
  readonly csv?: string;
  readonly from?: string;
  readonly api?: string;
  readonly newClasses?: boolean;
  readonly json?: boolean;
  readonly projects: string;
}

/** The page that the command serves. */
const PAGE = join('workbench', 'label', 'page.html');

/** Lets a person label what the model was not sure of. */
export function labelCommand(exit: (code: number) => void): Command {
  return new Command('label')
    .summary('label what the model was not sure of, on a page of this machine')
    .description(
      'Label rows that a model abstained on, and those whose answers or corrections contradict each other, least confident first.\n' +
        'Serves a page on this machine, or writes a table and takes it back. Labels become feedback by the deployed API.',
    )
    .argument('[project]', 'name of a folder in projects/; may be left out where there is one')
    .option('--environment <name>', 'where it answered; the first of project.yaml if nothing is said')
    .option('--days <number>', 'look through the answers of so many days', '7')
    .option('--rows <number>', 'label so many rows at most', '100')
    .option(
      '--csv <file>',
      'write the rows to a table, with an empty column a target, instead of serving the page',
    )
    .option('--from <file>', 'send the labels of a table that --csv wrote and somebody filled in')
    .option(
      '--api <url>',
      'where the API answers, if that is not what the stack says: https://…/v1/predictions',
    )
    .option('--new-classes', 'let labels name classes that the model does not know yet')
    .option('--json', 'answer as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run label -- email-classification',
          'npm run label -- email-classification --environment prod --days 14 --csv rows.csv',
          'npm run label -- email-classification --environment prod --from rows.csv',
        ],
        {
          done: 'every label that was given is stored',
          failed: 'some lines of the table, or some labels, were refused; each is named',
          cannot: 'it could not start: no such project, no credentials, not deployed, no such file',
        },
      ),
    )
    .action(async (name: string | undefined, options: LabelOptions) => {
      const terminal = terminalOf(process);
      const { platform, project } = loadProject(options.projects, name);
      const environment = options.environment ?? Object.keys(project.environments)[0];
      const subject = subjectOf(platform, project, environment);
      const asked = {
        days: whole('--days', options.days, project.monitor.keep_days),
        rows: whole('--rows', options.rows, 1000),
      };
      const table = fileOf(options);

      const { config } = await accessTo(subject.at);
      const { s3 } = clientsOf({ config });
      const { credentials, region } = s3.config;
      const api = labelApi(options.api ?? (await apiUrl(config, subject.names)), {
        region: await region(),
        credentials,
      });
      const done = rememberDone(REHEARSAL_FOLDER, project.name, subject.at.name);
      const summary =
        table === undefined
          ? await ask(subject, { ...options, ...asked, s3 }, api, done, terminal)
          : await send(subject, table, api, done, options.newClasses);
      answer(terminal, options.json, summary, showLabelled);
      exit(summary.problems.length > 0 ? EXIT.failed : EXIT.done);
    });
}

/** Reads what was answered, and asks for labels on the page or in a table. */
async function ask(
  { project, names, at }: Subject,
  options: Pick<LabelOptions, 'csv' | 'newClasses'> & {
    readonly days: number;
    readonly rows: number;
    readonly s3: Parameters<typeof readRecords>[0];
  },
  api: LabelApi,
  done: Done,
  terminal: Terminal,
): Promise<LabelSummary> {
  const place = { bucket: names.recordsBucket, endpoint: names.endpoint };
  terminal.say(`Reading the answers of the last ${options.days} days from s3://${place.bucket} …`);
  const records = await readRecords(options.s3, place, project, { days: options.days, now: new Date() });
  const rows = pick(records, project.targets, done.ids, options.rows);
  const { answers, unreadable, cut } = records;
  const read = { answers: answers.length, unreadable, cut };
  const found = { project: project.name, environment: at.name, read, picked: rows.length };
  if (options.csv !== undefined) {
    // Customers' documents: for their reader's eyes only.
    writeFileSync(options.csv, writeCsv(rows, project), { mode: 0o600, flag: 'wx' });
    return { ...found, csv: options.csv, labelled: 0, problems: [] };
  }
  if (rows.length === 0) return { ...found, labelled: 0, problems: [] };
  const classes = await classesOf(api, project.targets, answers);
  const { targets } = project;
  const newClasses = options.newClasses === true;
  const labelling = { project: project.name, environment: at.name, targets, rows, classes, newClasses };
  const labelled = new Set<string>();
  const page = await serveLabels(labelling, api, readFileSync(PAGE, 'utf8'), (id) => {
    labelled.add(id);
    done.add(id);
  });
  process.once('SIGINT', page.close);
  terminal.say(
    `${rows.length} rows to label: ${page.url}\nThe address works once. End with the button there, or Ctrl+C`,
  );
  await page.ended;
  process.off('SIGINT', page.close);
  return { ...found, labelled: labelled.size, problems: [] };
}

/** Sends the labels of a table. */
async function send(
  { project, at }: Subject,
  table: string,
  api: LabelApi,
  done: Done,
  newClasses = false,
): Promise<LabelSummary> {
  const classes = newClasses ? {} : await api.classes();
  const { labels, empty, problems } = readCsv(table, project, classes, newClasses);
  const sent = await api.send(labels);
  for (const id of sent.stored) done.add(id);
  return {
    project: project.name,
    environment: at.name,
    labelled: sent.stored.length,
    empty,
    problems: [...problems, ...refusals(sent)],
  };
}

/** The content of `--from`, looked at before anybody is asked for credentials. */
function fileOf({ csv, from }: LabelOptions): string | undefined {
  if (csv !== undefined && from !== undefined) {
    throw new Refusal('--csv writes a table and --from sends one: give one of them');
  }
  if (csv !== undefined && existsSync(csv)) {
    throw new Refusal(
      `--csv ${csv}: is there already, perhaps with labels; send it with --from, or name another`,
    );
  }
  if (from === undefined) return undefined;
  if (!existsSync(from)) throw new Refusal(`--from ${from}: there is no such file; --csv writes one`);
  return readFileSync(from, 'utf8');
}

function whole(option: string, given: string, most: number): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  const why = option === '--days' ? ', since older answers cannot be corrected (monitor.keep_days)' : '';
  throw new Refusal(`${option} ${given}: allowed: a whole number from 1 to ${most}${why}`);
}
