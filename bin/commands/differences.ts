import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { type Assembly, isAssembly, readAssembly } from '../../operations/assembly/assembly';
import { changedFiles, checkOut } from '../../operations/assembly/revision';
import { inTemporaryFolder, synthesize } from '../../operations/assembly/synthesize';
import { changedProjects } from '../../operations/evidence/changed-projects';
import { comparisonsIn } from '../../operations/evidence/comparisons';
import { type Evidence, evidenceOf, warningsOf } from '../../operations/evidence/evidence';
import { MOST_CHARACTERS, markdownOf } from '../../operations/evidence/markdown';
import { readMetrics } from '../../operations/evidence/metrics';
import { showEvidence } from '../../operations/evidence/show';
import { EXIT, helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { answer, type Terminal, terminalOf } from '../../operations/terminal/terminal';
import { TEMPLATES } from './bundle';

interface Options {
  readonly against: string;
  readonly project?: string;
  readonly metrics?: readonly string[];
  readonly changedProjects?: boolean;
  readonly strict?: boolean;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly projects: string;
}

/** The repository, which commands run in. */
const ROOT = resolve('.');

/** Shows what a change does to templates, permissions, cost and metrics. */
export function differencesCommand(exit: (code: number) => void): Command {
  return new Command('differences')
    .summary('show what a change does to templates, permissions, cost and metrics')
    .description(
      'Show what the working tree changes against a revision: resources, IAM permissions, cost and metrics.\n' +
        'Both are synthesized here, offline, with the packages that are installed. No AWS account is asked.',
    )
    .option('--against <revision>', 'git revision, or a cloud assembly, that the change starts from', 'HEAD')
    .option('--project <name>', 'only this project and what it shares')
    .option(
      '--metrics <reports...>',
      'compare metrics: two reports, before and after (evaluation.json, or of rehearse --json); or a folder of <project>.base.json and <project>.head.json',
    )
    .option('--changed-projects', 'print only the names of the projects that the change is about, as JSON')
    .option('--strict', 'fail where there is something that a reviewer must look at')
    .option('--markdown', 'print it as a comment for a pull request')
    .option('--json', 'print everything as JSON')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run differences',
          'npm run differences -- --against origin/main --project email-classification',
          'npm run differences -- --against HEAD~1 --metrics base.json head.json --markdown',
        ],
        {
          done: 'the differences are shown',
          failed: 'something must be looked at (--strict)',
          cannot: 'one of the two cannot be synthesized, or there is no such revision',
        },
      ),
    )
    .action(async (options: Options) => {
      const terminal = terminalOf(process);
      if (options.changedProjects) {
        const { projects } = loadConfig({ projects: options.projects, templates: TEMPLATES });
        const files = changedFiles({ root: ROOT, env: process.env }, options.against);
        terminal.answer(JSON.stringify(changedProjects(projects, files)));
        return;
      }
      const evidence = await compare(options, terminal);
      if (options.markdown) {
        const compared = comparisonsIn(options.metrics);
        // What models reach is read first by those who changed one; the rest gives way where not all fits.
        terminal.answer(markdownOf(evidence, MOST_CHARACTERS - compared.length) + compared);
      } else answer(terminal, options.json, evidence, showEvidence);
      exit(options.strict && warningsOf(evidence).length > 0 ? EXIT.failed : EXIT.done);
    });
}

function compare(options: Options, terminal: Terminal): Promise<Evidence> {
  const { against, project } = options;
  const config = loadConfig({ projects: options.projects, templates: TEMPLATES });
  const known = config.projects.map(({ name }) => name);
  if (project !== undefined && !known.includes(project)) {
    throw new Refusal(`${project}: no such project · allowed: ${known.join(', ')}`);
  }
  const metrics = options.metrics ? readMetrics(options.metrics) : [];
  return inTemporaryFolder(async (folder) => {
    const base = isAssembly(against)
      ? { assembly: readAssembly(against), notes: [] }
      : await synthesizeRevision(options, folder, terminal);
    terminal.say(`Synthesizing ${options.projects}/ …`);
    const outdir = join(folder, 'after');
    await synthesize({ root: ROOT, projects: resolve(options.projects), project, outdir, env: process.env });
    return evidenceOf({
      before: base.assembly,
      after: readAssembly(outdir),
      metrics,
      // Every project counts against the budget, so one alone cannot be checked.
      budget: project ? undefined : config.platform.guardrails.monthly_budget_usd,
      notes: base.notes,
    });
  });
}

async function synthesizeRevision(
  { against, project, projects }: Options,
  folder: string,
  terminal: Terminal,
): Promise<{ assembly: Assembly; notes: string[] }> {
  const checkout = { root: ROOT, env: process.env };
  const root = checkOut(checkout, against, folder);
  const there = resolve(root, projects);
  if (project && !existsSync(join(there, project, 'project.yaml'))) {
    return { assembly: { stacks: [] }, notes: [`${against} has no project ${project}: all of it is new`] };
  }
  terminal.say(`Synthesizing ${against} …`);
  const outdir = join(folder, 'before');
  await synthesize({ root, projects: there, project, outdir, env: process.env });
  const locked = changedFiles(checkout, against).includes('package-lock.json');
  const notes = locked
    ? ['package-lock.json differs: both were synthesized with the packages that are installed here']
    : [];
  return { assembly: readAssembly(outdir), notes };
}
