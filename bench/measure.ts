import { spawn } from 'node:child_process';

/** A program that is timed. */
export interface Contender {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** @default - the environment of this process */
  readonly env?: Readonly<Record<string, string>>;
  /** Made ready before each round, outside the time. */
  readonly prepare?: () => void;
}

export interface Timing {
  readonly name: string;
  /** Seconds on the clock, the median of the rounds. */
  readonly seconds: number;
  readonly fastest: number;
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
  const seconds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      say(`${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${contender.name}`);
      contender.prepare?.();
      const taken = await timed(contender, cwd);
      if (round > 0) seconds.get(contender.name)?.push(taken);
    }
  }
  return contenders.map(({ name }) => {
    const sorted = (seconds.get(name) ?? []).sort((a, b) => a - b);
    return { name, seconds: median(sorted), fastest: sorted[0] ?? Number.NaN };
  });
}

/** The middle of sorted numbers. */
function median(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

function timed({ name, command, env }: Contender, cwd: string): Promise<number> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Number(process.hrtime.bigint() - started) / 1e9);
      else
        reject(
          new Error(`${name} ended with ${code}:\n${Buffer.concat(output).toString('utf8').slice(-2_000)}`),
        );
    });
  });
}
