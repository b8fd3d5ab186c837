import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Belongings } from './processes/belongings';
import type { Progress } from './report/progress';

/** Runs whose logs are kept; whoever looks into one wants it next to the one before. */
const KEPT = 5;

/** Makes the folder of this run's logs, named by the time of its start, and removes those of runs long past. */
export function logFolder(parent: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = join(parent, `${time}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const runs = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const old = runs
    .map(({ name }) => name)
    .sort()
    .slice(0, -KEPT)
    .filter((name) => !runsOn(name));
  for (const name of old) rmSync(join(parent, name), { recursive: true, force: true });
  return folder;
}

/** Whether the rehearsal of a folder still writes into it: one of a large learner lasts longer than five others. */
function runsOn(folder: string): boolean {
  try {
    process.kill(Number(folder.split('-').at(-1)), 0);
    return true;
  } catch {
    return false;
  }
}

/** Opens the rehearsal's own log; `--verbose` shows its lines as they come. */
export function openLog(file: string, progress: Progress, belongings: Belongings): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'w' });
  belongings.add('the log', () => new Promise((closed) => stream.end(closed)));
  return (line) => {
    // Events still on their way while everything stops have nowhere to be written to.
    if (!stream.writableEnded) stream.write(`${new Date().toISOString()} ${line}\n`);
    progress.detail(line);
  };
}
