/**
 * The stages of a pipeline in mode QUEUED: each plays one execution at a time, and the others wait before it in the order
 * in which they came.
 */
export class StageLocks {
  private readonly waiting = new Map<string, Promise<void>>();

  /**
   * Waits until the stage is free and takes it.
   *
   * @returns a function that frees it
   */
  async enter(stage: string): Promise<() => void> {
    const before = this.waiting.get(stage);
    let leave: () => void = () => undefined;
    const left = new Promise<void>((done) => {
      leave = done;
    });
    this.waiting.set(
      stage,
      (before ?? Promise.resolve()).then(() => left),
    );
    await before;
    return leave;
  }
}
