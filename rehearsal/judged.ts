import type { Stage } from './stage';

/** Where problems show that end no call. */
export type Watched = Pick<Stage, 'denials' | 'undelivered' | 'refusedCalls'>;

/**
 * Fails a phase in which a role lacked a permission or an event did not arrive, also where the phase came to a good end in
 * spite of it; and names them beside the phase's own reason where it failed, since one of them is the likely cause.
 */
export async function judged<T>(stage: Watched, phase: () => Promise<T>): Promise<T> {
  const since = new Date();
  const problems = async () => {
    const all = [...stage.denials(), ...stage.undelivered(), ...(await stage.refusedCalls(since))];
    return all.join('\n');
  };
  let result: T;
  try {
    result = await phase();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${await problems()}`.trim(), { cause: error });
  }
  const found = await problems();
  if (found) throw new Error(found);
  return result;
}
