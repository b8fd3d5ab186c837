import { isBare, type Seen } from './look';
import type { Pause } from './stacks';
import { stepsOf } from './take-away';

/** Something could not be taken away; running the same again goes on from there. */
export class RemovalFailed extends Error {
  override readonly name = 'RemovalFailed';
}

/**
 * Takes away what is deployed of a project, place by place, in the order given.
 *
 * @param say told what is being taken away
 * @throws RemovalFailed at the first thing that does not go
 */
export async function takeAway(
  seen: readonly Seen[],
  say: (line: string) => void,
  pause: Pause,
): Promise<void> {
  for (const each of seen) {
    if (isBare(each)) continue;
    for (const { what, take } of stepsOf(each)) {
      say(`${each.place.name}: ${what}`);
      await orFail(each, what, () => take(pause));
    }
  }
}

/**
 * Deletes for good what outlived the stacks.
 *
 * @throws RemovalFailed at the first thing that does not go
 */
export async function deleteLeftovers(seen: readonly Seen[], say: (line: string) => void): Promise<void> {
  for (const each of seen) {
    for (const { what, name, remove } of each.kept) {
      say(`${each.place.name}: ${what} ${name}`);
      await orFail(each, `${what} ${name}`, remove);
    }
  }
}

async function orFail({ place }: Seen, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error ? error.message || error.name : String(error);
    throw new RemovalFailed(
      `${what} is still there in ${place.name}, account ${place.account}: ${why}\nRun the same again to go on from here.`,
      { cause: error },
    );
  }
}
