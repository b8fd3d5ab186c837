import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { learnerTable } from '../../bench/learners';
import type { ServingLine } from '../../bench/serving';
import { type BenchResult, benchProjects, benchSynth } from '../../bench/synth';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { aligned } from '../../operations/terminal/lines';
import { learnersOf, servingOf } from './bench-learners';

const BENCHES = { synth: benchSynth, projects: benchProjects };
/** What is measured of models; each has a table of its own. */
const MODELS = ['learners', 'serving'] as const;

interface BenchOptions {
  readonly rounds: number;
  readonly json?: boolean;
  readonly project?: string;
  readonly learner?: string[];
  readonly data?: string;
  readonly fields?: string;
  readonly targets?: string;
  readonly projects: string;
}

/** Prints how fast things are, as ratios within one run. */
export function benchCommand(): Command {
  return new Command('bench')
    .summary('print how fast things are, and how good the learners')
    .description(
      'Print how fast a synthesis is, what each learner reaches and costs on the same rows, and what the way through the API costs. Minutes on an idle machine; compare figures of one run only.',
    )
    .addArgument(
      new Argument('[what...]', 'what to measure; all of it where nothing is said').choices([
        ...Object.keys(BENCHES),
        ...MODELS,
      ]),
    )
    .option('--rounds <n>', 'how often each is timed', positive, 3)
    .option('--json', 'print the result as JSON')
    .option(
      '--project <name>',
      'learners, serving: whose learners; may be left out where there is one project',
    )
    .option('--learner <name...>', 'learners: these only; without it, those that need no GPU')
    .option('--data <csv>', 'learners: rows instead of the sample')
    .option('--fields <columns>', 'learners: columns of --data that are read, with commas between')
    .option('--targets <columns>', 'learners: columns of --data that are predicted')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(
        [
          'npm run bench',
          'npm run bench -- synth --rounds 5',
          'npm run bench -- learners --data rows.csv --fields text --targets category',
        ],
        {
          done: 'it is measured; an aim that is not reached is said and fails nothing',
          cannot: 'it could not start',
        },
      ),
    )
    .action(async (what: string[], options: BenchOptions) => {
      const work = resolve('.rehearsal/bench');
      rmSync(work, { recursive: true, force: true });
      mkdirSync(work, { recursive: true });
      const settings = {
        root: resolve('.'),
        work,
        rounds: options.rounds,
        say: (text: string) => process.stderr.write(`${text}\n`),
      };
      const results: Record<string, BenchResult> = {};
      for (const [name, bench] of Object.entries(BENCHES)) {
        if (what.length > 0 && !what.includes(name)) continue;
        results[name] = await bench(settings);
      }
      const asked = (name: (typeof MODELS)[number]) => what.length === 0 || what.includes(name);
      const chosen = { ...options, say: settings.say };
      const learners = asked('learners') ? await learnersOf(chosen) : [];
      const alone = learners.map((line) => ({
        way: `the model alone: ${line.learner}`,
        p50_ms: line.speed.p50_ms,
      }));
      const serving =
        asked('serving') || asked('learners') ? [...(await servingOf(chosen)), ...distinct(alone)] : [];
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ ...results, learners, serving }, undefined, 2)}\n`);
        return;
      }
      process.stdout.write(tables(results));
      if (learners.length > 0) {
        process.stdout.write(`learners: on ${learners[0]?.rows} held-out rows, one thread\n`);
        process.stdout.write(`${aligned(learnerTable(learners), 2)}\n\n`);
      }
      const [api, endpoint] = serving;
      if (!api || !endpoint) return;
      process.stdout.write('serving: milliseconds of a request, the median, on this machine\n');
      const ratio = ['the way in', `${(api.p50_ms / endpoint.p50_ms).toFixed(1)} ×`];
      const rows = serving.map(({ way, p50_ms }) => [way, p50_ms.toFixed(1)]);
      process.stdout.write(`${aligned([...rows, ratio], 2)}\n`);
    });
}

function tables(results: Readonly<Record<string, BenchResult>>): string {
  return Object.entries(results)
    .flatMap(([name, { timings, ratios }]) => [
      `${name}: medians of this run, ratios of processor time; compare within it only`,
      ...timings.map(
        (each) =>
          `  ${each.name.padEnd(52)} ${each.cpu.toFixed(2).padStart(8)} s of processor, ${each.seconds.toFixed(2)} s on the clock`,
      ),
      ...ratios.map(
        ({ what, value, unit, aim, reached }) =>
          `  ${what.padEnd(52)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)} aim ${aim} ${reached ? '' : '· not reached'}`,
      ),
      '',
    ])
    .join('\n');
}

/** A learner answers all targets at once: a line each is enough. */
const distinct = (lines: readonly ServingLine[]): ServingLine[] => [
  ...new Map(lines.map((line) => [line.way, line])).values(),
];

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return value;
}
