import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';

/** A program that is timed. */
export interface Contender {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** @default - the environment of this process */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Timing {
  readonly name: string;
  /** Seconds on the clock, the median of the rounds. */
  readonly seconds: number;
  /** Seconds of processor time, of the program and all that it started, the median of the rounds. */
  readonly cpu: number;
}

/**
 * Times programs in turns: each round runs every one of them once, so that a machine that is busy for a minute is busy for
 * all. Compare the results with each other, never with those of another run.
 *
 * @param rounds how often each is timed; one more round before them warms caches and is not counted
 */
export async function measure(
  contenders: readonly Contender[],
  { cwd, rounds, say }: { cwd: string; rounds: number; say: (what: string) => void },
): Promise<Timing[]> {
  const taken = new Map<string, Array<Omit<Timing, 'name'>>>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      say(`${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${contender.name}`);
      const timing = await timed(contender, cwd);
      if (round > 0) taken.get(contender.name)?.push(timing);
    }
  }
  return contenders.map(({ name }) => ({
    name,
    seconds: median((taken.get(name) ?? []).map(({ seconds }) => seconds)),
    cpu: median((taken.get(name) ?? []).map(({ cpu }) => cpu)),
  }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** The shell tells the processor time of what it ran, children included, on its third channel. */
const SHELL = '"$@" 3>&-; status=$?; times >&3; exit $status';

function timed({ name, command, env }: Contender, cwd: string): Promise<Omit<Timing, 'name'>> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn('bash', ['-c', SHELL, 'bench', ...command], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [output, times] = [collect(child.stdio[1], child.stdio[2]), collect(child.stdio[3])];
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (code === 0) resolve({ seconds, cpu: cpuSeconds(times()) });
      else reject(new Error(`${name} ended with ${code}:\n${output().slice(-2_000)}`));
    });
  });
}

/** Everything that the streams wrote. */
function collect(...streams: readonly unknown[]): () => string {
  const chunks: Buffer[] = [];
  for (const stream of streams) {
    if (stream instanceof Readable) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  return () => Buffer.concat(chunks).toString('utf8');
}

/** User and system time of the shell's children, from the second line of `times`: `0m1.350s 0m0.210s`. */
function cpuSeconds(times: string): number {
  const [, children = ''] = times.trim().split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
