import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Belongings } from '../../rehearsal/processes/belongings';
import { runCommand } from '../../rehearsal/processes/command';
import { StepFailed } from './step';

/**
 * Packs a model as SageMaker does, but for the compression, which takes longer than some models take to train. Where there
 * is none, a marker says so, as the start function's does.
 *
 * @returns the folder that holds model.tar.gz
 */
export async function pack(model: string | undefined, into: string, belongings: Belongings): Promise<string> {
  mkdirSync(into, { recursive: true });
  if (model === undefined) {
    writeFileSync(join(into, 'marker.json'), '{}\n');
    return into;
  }
  const log = join(into, 'tar.log');
  const code = await runCommand(
    {
      name: 'tar',
      command: 'tar',
      args: ['-cf', join(into, 'model.tar.gz'), '-C', model, '.'],
      env: { PATH: '/usr/bin:/bin' },
      log,
    },
    belongings,
  );
  if (code !== 0) throw new StepFailed(`the model could not be packed (tar ended with ${code}); log: ${log}`);
  return into;
}
