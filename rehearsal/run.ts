import { Refusal } from '../operations/terminal/refusal';
import type { Progress } from './report/progress';
import type { Metrics, PhaseName, PhaseResult, Played } from './report/report';

/** What a phase gives to the report. */
export interface Outcome {
  readonly happened: string;
  readonly evidence: string;
}

/** Thrown after the phase that `--until` names; not a failure. */
export class Enough extends Error {}

/** Thrown after a phase that failed; the reason stands in the phase's result. */
export class PhaseFailed extends Error {}

/** The phases of one rehearsal, as they are played. */
export class Run {
  readonly results: PhaseResult[] = [];
  metrics: Metrics = {};

  constructor(
    private readonly progress: Progress,
    private readonly until: PhaseName | undefined,
  ) {}

  /**
   * Plays one phase and records how it went.
   *
   * @throws PhaseFailed when it failed, Enough when the rehearsal is to stop after it, and a Refusal as it is: what this
   * machine lacks is no phase's failure
   */
  async play<T extends Outcome>(name: string, played: Played, phase: () => Promise<T>): Promise<T> {
    this.progress.begin(name);
    const started = Date.now();
    const record = (ok: boolean, happened: string, evidence: string) => {
      const result = { name, ok, seconds: (Date.now() - started) / 1000, played, happened, evidence };
      this.results.push(result);
      this.progress.end(result);
    };
    let outcome: T;
    try {
      outcome = await phase();
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      record(false, 'failed', reason);
      throw new PhaseFailed(reason, { cause: error });
    }
    record(true, outcome.happened, outcome.evidence);
    if (name === this.until) throw new Enough();
    return outcome;
  }
}
