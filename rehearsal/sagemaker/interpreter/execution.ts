import { messageOf } from '../errors';
import type { Fields } from '../service-model';
import { seconds } from '../world';
import type { Node } from './definition';
import { StepFailure } from './retry';

export type StepStatus = 'Starting' | 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';

/** A step that was begun, as ListPipelineExecutionSteps shows it. */
export interface StepRecord extends Fields {
  readonly StepName: string;
  readonly type: string;
  StepStatus: StepStatus;
  Metadata?: Fields;
}

/** How a step ended, for those that wait for it. */
export type Outcome = 'Succeeded' | 'Failed' | 'Stopped' | 'Skipped';

/** What an execution needs from around it. */
export interface Surroundings {
  /** Runs one step; returns what it is described as. Throws when it fails. */
  run(node: Node, record: StepRecord): Promise<Fields>;
  /** Called after every change of a step's status. */
  changed(record: StepRecord, previous: StepStatus | undefined): void;
  readonly stop: AbortSignal;
  readonly mostAtOnce: number;
}

/**
 * Runs the steps of a pipeline: each as soon as what it waits for has succeeded, independent ones side by side.
 *
 * After a failure no step is begun any more, and those under way run to their end. Steps of the branch not taken, and
 * those that wait for one, are left out and appear nowhere.
 */
export class Execution {
  readonly records: StepRecord[] = [];
  readonly properties = new Map<string, Fields>();
  private readonly outcomes = new Map<string, Outcome>();

  constructor(
    private readonly nodes: ReadonlyMap<string, Node>,
    private readonly around: Surroundings,
  ) {}

  /** @returns whether every step that was begun has succeeded */
  async play(): Promise<boolean> {
    const waiting = new Map(this.nodes);
    const running = new Map<string, Promise<void>>();
    for (;;) {
      const halted = this.around.stop.aborted || [...this.outcomes.values()].includes('Failed');
      let skipped = false;
      for (const [name, node] of waiting) {
        const state = this.stateOf(node);
        if (state === 'skip') {
          this.outcomes.set(name, 'Skipped');
          waiting.delete(name);
          skipped = true;
        } else if (state === 'ready' && !halted && running.size < this.around.mostAtOnce) {
          waiting.delete(name);
          running.set(
            name,
            this.runOne(node).finally(() => running.delete(name)),
          );
        }
      }
      if (skipped) continue;
      if (running.size === 0)
        return [...this.outcomes.values()].every(
          (outcome) => outcome === 'Succeeded' || outcome === 'Skipped',
        );
      await Promise.race(running.values());
    }
  }

  private stateOf({ waitsFor, branch }: Node): 'ready' | 'wait' | 'skip' {
    const ends = [...waitsFor].map((name) => this.outcomes.get(name));
    if (ends.includes('Skipped')) return 'skip';
    if (!ends.every((end) => end === 'Succeeded')) return 'wait';
    return branch && this.properties.get(branch.condition)?.Outcome !== branch.outcome ? 'skip' : 'ready';
  }

  private async runOne(node: Node): Promise<void> {
    const { Name, Type, DisplayName, Description } = node.step;
    const record: StepRecord = {
      StepName: Name,
      StepDisplayName: DisplayName,
      StepDescription: Description,
      type: Type,
      StepStatus: 'Starting',
      StartTime: seconds(),
      AttemptCount: 1,
    };
    this.records.push(record);
    this.around.changed(record, undefined);
    this.move(record, 'Executing');
    try {
      this.properties.set(Name, await this.around.run(node, record));
      this.end(record, 'Succeeded');
    } catch (error) {
      const stopped = this.around.stop.aborted;
      if (!stopped)
        record.FailureReason =
          error instanceof StepFailure ? error.message : `ClientError: ${messageOf(error)}`;
      this.end(record, stopped ? 'Stopped' : 'Failed');
    }
  }

  private end(record: StepRecord, outcome: 'Succeeded' | 'Failed' | 'Stopped'): void {
    record.EndTime = seconds();
    this.outcomes.set(record.StepName, outcome);
    this.move(record, outcome);
  }

  private move(record: StepRecord, status: StepStatus): void {
    const previous = record.StepStatus;
    record.StepStatus = status;
    this.around.changed(record, previous);
  }
}
