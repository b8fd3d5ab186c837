import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { type Assembly, isAssembly, readAssembly } from '../../operations/assembly/assembly';
import { checkOut } from '../../operations/assembly/revision';
import { inTemporaryFolder, synthesize } from '../../operations/assembly/synthesize';
import { USUAL } from '../../operations/cost/assumptions';
import { checkBudget } from '../../operations/cost/budget';
import { costDifference } from '../../operations/cost/difference';
import { DELIVERY, type Estimate, estimate } from '../../operations/cost/estimate';
import { type CostAnswer, showCost } from '../../operations/cost/show';
import { costMarkdown } from '../../operations/evidence/cost-section';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { answer, type Terminal, terminalOf } from '../../operations/terminal/terminal';
import { TEMPLATES } from './bundle';

interface Options {
  readonly assembly?: string;
  readonly against?: string;
  readonly requests: number;
  readonly merges: number;
  readonly verbose?: boolean;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly projects: string;
}

/** The repository, which commands run in. */
const ROOT = resolve('.');

/** Estimates what projects cost. */
export function costCommand(exit: (code: number) => void): Command {
  return new Command('cost')
    .summary('estimate what projects cost, and check the budget')
    .description(
      'Estimate what projects cost a month at rest, in use, for each training and each merge, from the\n' +
        'synthesized templates and the price table in operations/cost/prices.json. No AWS account is asked.',
    )
    .argument('[project]', 'only this project and what it shares; the budget is checked over all of them')
    .option('--assembly <folder>', 'price this cloud assembly (cdk.out) instead of synthesizing one')
    .option('--against <revision>', 'show the difference from a git revision, or from another cloud assembly')
    .option(
      '--requests <number>',
      'requests a month to each project in each environment',
      count,
      USUAL.requests,
    )
    .option('--merges <number>', 'merges a month of each project', count, USUAL.merges)
    .option('--verbose', 'show every resource with its price and where that is from')
    .option('--markdown', 'print the difference as Markdown; needs --against')
    .option('--json', 'print everything as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run cost',
          'npm run cost -- email-classification --verbose',
          'npm run cost -- --requests 5000000 --against origin/main',
        ],
        {
          done: 'every environment is within its budget',
          failed: 'an environment is estimated above guardrails.monthly_budget_usd',
          cannot: 'the configuration has a mistake, or there is no such project or revision',
        },
      ),
    )
    .action(async (name: string | undefined, options: Options) => {
      const { platform } = loadConfig({ projects: options.projects, templates: TEMPLATES });
      const terminal = terminalOf(process);
      if (options.markdown && !options.against) {
        throw new Refusal(
          '--markdown prints a difference: say what it is against, such as --against origin/main',
        );
      }
      const usage = { requests: options.requests, merges: options.merges };
      const all = estimate(await assemblyOf(options.assembly, options.projects, terminal), usage);
      const budget = checkBudget(all, platform.guardrails.monthly_budget_usd);
      const other = options.against
        ? estimate(await otherAssembly(options.against, options.projects, terminal), usage)
        : undefined;
      const difference = other && costDifference(only(other, name, false), only(all, name));
      if (difference && options.markdown) terminal.answer(costMarkdown(difference, budget));
      else {
        const found: CostAnswer = { estimate: only(all, name), budget, ...(difference && { difference }) };
        answer(terminal, options.json, found, (value) => showCost(value, terminal, options.verbose === true));
      }
      exit(budget.every(({ within }) => within) ? EXIT.done : EXIT.failed);
    });
}

/** A project's part of an estimate, with what it shares. */
function only(all: Estimate, name: string | undefined, required = true): Estimate {
  if (name === undefined) return all;
  const known = [...new Set(all.parts.flatMap(({ project }) => (project ? [project] : [])))];
  if (required && !known.includes(name)) {
    throw new Refusal(`${name}: no such project is priced · allowed: ${known.join(', ') || 'none'}`);
  }
  const mine = ({ environment, project }: { environment: string; project: string | undefined }) =>
    project === name || (project === undefined && environment !== DELIVERY);
  return { ...all, parts: all.parts.filter(mine), lines: all.lines.filter(mine) };
}

function assemblyOf(given: string | undefined, projects: string, terminal: Terminal): Promise<Assembly> {
  if (given !== undefined) return Promise.resolve(readAssembly(given));
  return inTemporaryFolder(async (folder) => {
    terminal.say(`Synthesizing ${projects}/ …`);
    await synthesize({ root: ROOT, projects: resolve(projects), outdir: folder, env: process.env });
    return readAssembly(folder);
  });
}

function otherAssembly(against: string, projects: string, terminal: Terminal): Promise<Assembly> {
  if (isAssembly(against)) return Promise.resolve(readAssembly(against));
  return inTemporaryFolder(async (folder) => {
    const root = checkOut({ root: ROOT, env: process.env }, against, folder);
    terminal.say(`Synthesizing ${against} …`);
    const outdir = join(folder, 'cdk.out');
    await synthesize({ root, projects: resolve(root, projects), outdir, env: process.env });
    return readAssembly(outdir);
  });
}

function count(given: string): number {
  if (/^\d{1,12}$/.test(given)) return Number(given);
  throw new InvalidArgumentError('allowed: a whole number, 0 or more.');
}
