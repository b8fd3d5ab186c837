import type { Child } from './child';

/**
 * Waits until a started program answers its probe.
 *
 * @throws Error with the last lines of its log if it ends first, or does not answer within `seconds`; it is then stopped
 */
export async function untilReady(
  child: Child,
  probe: () => Promise<boolean>,
  seconds: number,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  let ended: number | undefined;
  void child.exited.then(({ code }) => {
    ended = code;
  });
  while (Date.now() < deadline && ended === undefined) {
    // A probe that throws is a connection refused: not up yet.
    if (await probe().catch(() => false)) return;
    await new Promise((next) => setTimeout(next, 25));
  }
  const what = ended === undefined ? `did not answer within ${seconds} s` : `ended with exit code ${ended}`;
  await child.stop(0);
  throw new Error(`${child.name} ${what}; log: ${child.log}\n${child.tail()}`);
}
