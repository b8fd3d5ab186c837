import { join } from 'node:path';
import { type Contender, measure, type Timing } from './measure';
import { manyProjects, resourcesIn } from './projects';

export interface BenchSettings {
  /** Folder of the repository. */
  readonly root: string;
  /** Folder for everything that is made here. */
  readonly work: string;
  readonly rounds: number;
  readonly say: (what: string) => void;
}

/** One line of the result. */
interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What it ought to be: at most, or at least. */
  readonly aim: string;
  readonly reached: boolean;
}

export interface BenchResult {
  readonly timings: readonly Timing[];
  readonly ratios: readonly Ratio[];
}

const atMost = (what: string, value: number, aim: number, unit = '×'): Ratio => ({
  what,
  value,
  unit,
  aim: `≤ ${aim} ${unit}`,
  reached: value <= aim,
});

const atLeast = (what: string, value: number, aim: number, unit = '×'): Ratio => ({
  what,
  value,
  unit,
  aim: `≥ ${aim} ${unit}`,
  reached: value >= aim,
});

/** A synthesis without the CDK command line, every gate on, into a folder of its own. */
const app = (settings: BenchSettings, name: string, context: Record<string, string>): Contender => ({
  name,
  command: [process.execPath, 'bin/run.cjs'],
  env: {
    CDK_OUTDIR: join(settings.work, name.replaceAll(' ', '-')),
    CDK_CONTEXT_JSON: JSON.stringify(context),
  },
});

/** Our synthesis beside the time of loading its modules, and beside the same app with the usual habits. */
export async function benchSynth(settings: BenchSettings): Promise<BenchResult> {
  const { root, work, rounds, say } = settings;
  const projects = manyProjects(join(root, 'projects'), join(work, 'one'), 1);
  const modules = join(work, 'modules.json');
  const recorder = join(root, 'bench/record-modules.cjs');
  const ours = app(settings, 'synth, warm', { projects });
  const record = {
    ...ours,
    name: 'recording modules',
    command: [process.execPath, '--require', recorder, 'bin/run.cjs'] as const,
    env: { ...ours.env, BENCH_MODULES: modules },
  };
  await measure([{ ...record, command: [...record.command] }], { cwd: root, rounds: 0, say });
  const timings = await measure(
    [
      {
        name: 'loading its modules',
        command: [process.execPath, 'bench/load-modules.cjs'],
        env: { BENCH_MODULES: modules, BENCH_COMPILE_CACHE: join(work, 'v8') },
      },
      ours,
      {
        name: 'tsx, NodejsFunction, uncached validation',
        command: [process.execPath, '--import', 'tsx', 'bench/habitual-app.ts'],
        env: { CDK_OUTDIR: join(work, 'habits'), CDK_CONTEXT_JSON: JSON.stringify({ projects }) },
      },
    ],
    { cwd: root, rounds, say },
  );
  const [floor, warm, habits] = timings.map(({ cpu }) => cpu);
  return {
    timings,
    ratios: [
      atMost('warm synth against loading its modules', (warm ?? 0) / (floor ?? 0), 2.5),
      atLeast('the usual habits against warm synth', (habits ?? 0) / (warm ?? 0), 8),
    ],
  };
}

/** What another project costs, and what all the others cost when one is chosen. */
export async function benchProjects(settings: BenchSettings): Promise<BenchResult> {
  const { root, work, rounds, say } = settings;
  const sizes = [1, 10, 50, 100];
  const folders = sizes.map((size) =>
    manyProjects(join(root, 'projects'), join(work, `projects-${size}`), size),
  );
  const contenders = sizes.map((size, index) =>
    app(settings, `${size} projects`, { projects: folders[index] ?? '' }),
  );
  const chosen = app(settings, '1 of 100 projects', { projects: folders.at(-1) ?? '', project: 'bench-1' });
  const timings = await measure([...contenders, chosen], { cwd: root, rounds, say });
  const cpu = timings.map((timing) => timing.cpu);
  const resources = sizes.map((size) => resourcesIn(join(work, `${size}-projects`)));
  const [one = 0] = cpu;
  const added = sizes.slice(1).map((size, index) => {
    const more = (resources[index + 1] ?? 0) - (resources[0] ?? 0);
    const milliseconds = ((cpu[index + 1] ?? 0) - one) * 1_000;
    return atMost(`an added resource, 1 → ${size} projects`, milliseconds / more, 0.8, 'ms');
  });
  return {
    timings,
    ratios: [...added, atMost('one chosen of 100 against one of one', (cpu.at(-1) ?? 0) / one, 1.1)],
  };
}
