import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { environmentFor } from '../processes';
import type { World } from '../world';
import { JobFailure } from './failure';

/** The container of a job, as its request describes it. */
export interface ContainerRun {
  readonly image: string;
  readonly entrypoint: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly isolate: boolean;
  readonly maxSeconds: number;
}

export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'stopped' | 'late' };

/** Between SIGTERM and SIGKILL. AWS gives two minutes. */
const GRACE_MS = 2000;

/** The folder that stands for `/opt/ml` in one job. */
export const baseOf = (world: World, job: string): string => path.join(world.options.directory, 'jobs', job);

/** Outside the job's folder: a log is read when the folder is gone. */
export const logOf = (world: World, job: string): string => path.join(world.logs, `${job}.log`);

/** The interpreter that stands in for an image. */
export function interpreterOf(world: World, image: string): string {
  const found = world.options.images.get(image);
  if (!found) {
    const known = [...world.options.images.keys()].join(', ') || 'none';
    throw new JobFailure(
      `ClientError: image ${image} has no Python environment on this machine, known images: ${known}`,
    );
  }
  return found.python;
}

/** Runs a job's container as a child process and waits for its end. */
export async function runContainer(
  world: World,
  job: string,
  run: ContainerRun,
  stop: AbortSignal,
): Promise<Ending> {
  const python = interpreterOf(world, run.image);
  const base = baseOf(world, job);
  const [interpreter, script, ...rest] = [...(run.entrypoint ?? []), ...(run.args ?? [])].map((word) =>
    localPath(base, word),
  );
  if (!interpreter || !/^python3?$/.test(path.basename(interpreter)) || !script?.endsWith('.py')) {
    throw new JobFailure(
      `ClientError: the entrypoint ${JSON.stringify(run.entrypoint ?? [])} cannot run on this machine; it must be ["python3", "/opt/ml/….py", …]`,
    );
  }
  await mkdir(base, { recursive: true });
  if (stop.aborted) return { kind: 'stopped' };
  const process = await world.processes.start({
    python,
    argv: [script, ...rest],
    environment: { ...environmentFor(python, base), SAGEMAKER_BASE_DIR: base, ...run.environment },
    folder: base,
    log: logOf(world, job),
    isolate: run.isolate,
  });
  let ending: Ending | undefined;
  let grace: NodeJS.Timeout | undefined;
  const end = (kind: 'stopped' | 'late') => {
    ending ??= { kind };
    process.kill('SIGTERM');
    grace ??= setTimeout(() => process.kill('SIGKILL'), GRACE_MS);
  };
  const onStop = () => end('stopped');
  stop.addEventListener('abort', onStop);
  if (stop.aborted) onStop();
  const limit = setTimeout(() => end('late'), Math.min(run.maxSeconds * 1000, 2 ** 31 - 1));
  try {
    const code = await process.exited;
    return ending ?? { kind: 'exited', code };
  } finally {
    clearTimeout(limit);
    clearTimeout(grace);
    stop.removeEventListener('abort', onStop);
  }
}

/** `/opt/ml/x` in this job's folder; anything else stays what it is. */
export const localPath = (base: string, word: string): string =>
  word.startsWith('/opt/ml/') ? path.join(base, word.slice('/opt/ml/'.length)) : word;

/** Text that a job left in a file of at most 1 KB; undefined if there is none. Not UTF-8 fails the job. */
export async function leftText(file: string): Promise<string | undefined> {
  const bytes = await readFile(file).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return undefined;
  try {
    // A cut through a character is not the job's fault.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, 1024), { stream: true });
  } catch {
    throw new JobFailure(`ClientError: ${path.basename(file)} is not UTF-8`);
  }
}

/** The last lines of a job's log, for whoever looks at why it failed. */
export async function logTail(world: World, job: string): Promise<string> {
  const text = await readFile(logOf(world, job), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-12).join('\n');
}
