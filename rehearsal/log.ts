import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Belongings } from './processes/belongings';
import type { Progress } from './report/progress';

/** Opens the rehearsal's own log, which begins anew each time; `--verbose` shows its lines as they come. */
export function openLog(file: string, progress: Progress, belongings: Belongings): (line: string) => void {
  mkdirSync(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'w' });
  belongings.add('the log', () => new Promise((closed) => stream.end(closed)));
  return (line) => {
    stream.write(`${new Date().toISOString()} ${line}\n`);
    progress.detail(line);
  };
}
