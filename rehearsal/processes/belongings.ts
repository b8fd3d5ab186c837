import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guard';

/**
 * What this process started and must not leave behind. Released in reverse order, once, whatever ends the run:
 * normal end, an error, Ctrl-C or SIGTERM. (Death by SIGKILL is the guards' part.)
 */
export class Belongings {
  private readonly items: Array<{
    readonly name: string;
    readonly release: () => Promise<void> | void;
  }> = [];
  private releasing: Promise<void> | undefined;

  /** Remembers how to give something back. What is added while or after releasing is released at once. */
  add(name: string, release: () => Promise<void> | void): void {
    this.items.push({ name, release });
    if (this.releasing) this.releasing = this.releasing.then(() => this.releaseAll());
  }

  /** Makes a temporary folder `<parent>/<prefix>XXXXXX` and removes it with everything in it at the end. */
  folder(parent: string, prefix: string): string {
    mkdirSync(parent, { recursive: true });
    const path = mkdtempSync(join(parent, prefix));
    const dismiss = guardFolder(path);
    this.add(path, () => {
      rmSync(path, {
        recursive: true,
        force: true,
        maxRetries: 5,
        retryDelay: 50,
      });
      dismiss();
    });
    return path;
  }

  /**
   * Gives everything back, the newest first; a failure does not keep the rest from being released.
   *
   * @throws AggregateError with one error for each thing that could not be given back
   */
  release(): Promise<void> {
    this.releasing ??= this.releaseAll();
    return this.releasing;
  }

  /** Releases everything on Ctrl-C, SIGTERM and SIGHUP, then exits with the code a shell expects of that signal. */
  releaseOnSignals(onSignal: (signal: NodeJS.Signals) => void = () => undefined): void {
    const leave = (signal: NodeJS.Signals) => {
      onSignal(signal);
      const exit = () => process.exit(128 + constants.signals[signal]);
      this.release().then(exit, exit);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // A second Ctrl-C waits for the same release: leaving half-way is what leaves processes behind.
      process.on(signal, leave);
      this.add(`${signal} handler`, () => void process.off(signal, leave));
    }
  }

  private async releaseAll(): Promise<void> {
    const failures: Error[] = [];
    for (let item = this.items.pop(); item; item = this.items.pop()) {
      try {
        await item.release();
      } catch (error) {
        failures.push(
          new Error(`${item.name} could not be given back: ${String(error)}`, {
            cause: error,
          }),
        );
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, failures.map((f) => f.message).join('; '));
  }
}
