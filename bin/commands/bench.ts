import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { type BenchResult, benchProjects, benchSynth } from '../../bench/synth';
import { helpEnd } from '../../operations/terminal/exit-codes';

const BENCHES = { synth: benchSynth, projects: benchProjects };

/** Prints how fast things are, as ratios within one run. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('print how fast a synthesis is, as ratios within one run; minutes on an idle machine')
    .addArgument(
      new Argument('[what...]', 'what to measure; all of it where nothing is said').choices(
        Object.keys(BENCHES),
      ),
    )
    .option('--rounds <n>', 'how often each is timed', positive, 3)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpEnd(['npm run bench', 'npm run bench -- synth --rounds 5'], {
        done: 'it is measured; an aim that is not reached is said and fails nothing',
        cannot: 'it could not start',
      }),
    )
    .action(async (what: string[], options: { rounds: number; json?: boolean }) => {
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
      process.stdout.write(options.json ? `${JSON.stringify(results, undefined, 2)}\n` : tables(results));
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

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on');
  return value;
}
