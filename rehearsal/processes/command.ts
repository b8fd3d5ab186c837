import type { Belongings } from './belongings';
import { type ChildSettings, startChild } from './child';

/**
 * Runs a program to its end.
 *
 * @returns its exit code
 */
export async function runCommand(settings: ChildSettings, belongings: Belongings): Promise<number> {
  const child = startChild(settings);
  // Stopping what has ended does nothing, so the entry may stay for the rest of the run.
  belongings.add(settings.name, () => child.stop());
  const { code } = await child.exited;
  return code;
}
