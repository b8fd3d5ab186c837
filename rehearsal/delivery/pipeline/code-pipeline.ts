import { randomUUID } from 'node:crypto';
import type { AccountServices } from '../../account';
import type { BridgedType, BridgeRequest, Created } from '../../bridge/bridged-type';
import type { Builds } from '../build/builds';
import { type Act, actionsOf } from './actions';
import { Approvals } from './approvals';
import {
  type ActionDefinition,
  type PipelineDefinition,
  readDefinition,
  type StageDefinition,
} from './definition';
import { actionEvent, executionEvent, pipelineArn, stageEvent } from './events';
import { type ActionExecution, ActionFailed, type Execution, type Revision } from './execution';
import { StageLocks } from './locks';

export interface CodePipelineSettings {
  /** The account that delivers. */
  readonly services: Pick<AccountServices, 'emulator' | 'access' | 'courier'>;
  readonly builds: Builds;
  /** Folder for archives under way. */
  readonly folder: string;
  /** URL where sessions of roles are asked for. */
  readonly sts: string;
  /** Done after each action, whether it succeeded or not. @default - nothing */
  readonly after?: () => Promise<void>;
  /** Plays one action around its work: a test looks, a report times. @default - plays it */
  readonly around?: (execution: Execution, done: ActionExecution, work: () => Promise<void>) => Promise<void>;
}

/** A pipeline that was created, with its runs. */
interface Held {
  definition: PipelineDefinition;
  readonly locks: StageLocks;
  readonly executions: Execution[];
  /** What the branch holds, for runs that nobody gave a revision. */
  head?: Revision;
}

/** The pipeline was updated while a run was in it. */
class Updated extends Error {}

/**
 * CodePipeline on this machine: holds the pipelines that CloudFormation creates, and plays their executions, stage by
 * stage, each as the role that would act in AWS.
 */
export class CodePipeline {
  private readonly held = new Map<string, Held>();
  private readonly running = new Set<Promise<unknown>>();

  private readonly act: Act;
  /** Questions to people that wait for an answer. */
  readonly approvals: Approvals;

  constructor(private readonly settings: CodePipelineSettings) {
    this.approvals = new Approvals(settings.services);
    this.act = actionsOf({ ...settings, approvals: this.approvals });
  }

  /** `AWS::CodePipeline::Pipeline`, for the bridge. */
  get type(): BridgedType {
    const created = ({ name }: PipelineDefinition): Created => ({ ref: name, attributes: { Version: '1' } });
    const create = async (request: BridgeRequest): Promise<Created> => {
      const definition = readDefinition(request.properties, 1);
      this.held.set(definition.name, { definition, locks: new StageLocks(), executions: [] });
      return created(definition);
    };
    return {
      played: 'emulated',
      create,
      update: async (ref, request) => {
        const known = this.held.get(ref);
        if (!known || request.properties.Name !== ref) return create(request);
        known.definition = readDefinition(request.properties, known.definition.version + 1);
        if (known.definition.restartOnUpdate && known.head) void this.start(ref, known.head);
        return created(known.definition);
      },
      remove: async (ref) => void this.held.delete(ref),
    };
  }

  pipeline(name: string): PipelineDefinition {
    return this.require(name).definition;
  }

  /** Every run of a pipeline, the oldest first; none for one that is not there. */
  executions(name: string): readonly Execution[] {
    return this.held.get(name)?.executions ?? [];
  }

  /** Resolves when no run is under way. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  /** Starts a run; it queues behind those under way. @returns the run at once, and its end */
  start(
    name: string,
    revision: Revision,
  ): { readonly execution: Execution; readonly ended: Promise<Execution> } {
    const held = this.require(name);
    held.head = revision;
    const execution: Execution = {
      id: randomUUID(),
      definition: held.definition,
      revision,
      started: new Date(),
      status: 'InProgress',
      actions: [],
      variables: new Map(),
      artifacts: new Map(),
    };
    execution.variables.set('codepipeline', { PipelineExecutionId: execution.id });
    held.executions.push(execution);
    return { execution, ended: this.track(this.run(held, execution, 0)) };
  }

  /** Tries the failed actions of a run's stage again, and goes on from there. */
  retry(name: string, executionId: string, stageName: string): Promise<Execution> {
    const held = this.require(name);
    const execution = held.executions.find(({ id }) => id === executionId);
    const index = execution?.definition.stages.findIndex((stage) => stage.name === stageName) ?? -1;
    if (execution?.status !== 'Failed' || index < 0 || execution.definition !== held.definition)
      throw new Error(
        `StageNotRetryableException: ${stageName} of ${executionId} did not fail, or the pipeline has changed since`,
      );
    execution.status = 'InProgress';
    return this.track(this.run(held, execution, index));
  }

  private require(name: string): Held {
    const held = this.held.get(name);
    if (!held) throw new Error(`PipelineNotFoundException: there is no pipeline ${name}`);
    return held;
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    void work.finally(() => this.running.delete(work)).catch(() => undefined);
    return work;
  }

  /**
   * Plays a run from a stage on. One that has begun when its pipeline is updated completes the actions that are under way
   * and ends; one that still waits takes the new definition.
   *
   * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-edit.html
   */
  private async run(held: Held, execution: Execution, from: number): Promise<Execution> {
    const { courier, emulator } = this.settings.services;
    const arn = pipelineArn(emulator, execution.definition.name);
    void courier.send(executionEvent(execution, arn));
    for (let index = from; index < execution.definition.stages.length; index += 1) {
      const leave = await held.locks.enter(execution.definition.stages[index]?.name ?? '');
      if (execution.actions.length === 0) execution.definition = held.definition;
      const stage = execution.definition.stages[index];
      try {
        if (!stage) break;
        void courier.send(stageEvent(execution, stage.name, 'STARTED', arn));
        await this.playStage(held, execution, stage, arn);
        void courier.send(stageEvent(execution, stage.name, 'SUCCEEDED', arn));
      } catch (error) {
        // The action says why; whoever started the run reads its status.
        void courier.send(stageEvent(execution, stage?.name ?? '', 'FAILED', arn));
        execution.status = error instanceof Updated ? 'Cancelled' : 'Failed';
        break;
      } finally {
        leave();
      }
    }
    if (execution.status === 'InProgress') execution.status = 'Succeeded';
    void courier.send(executionEvent(execution, arn));
    return execution;
  }

  /** Actions of the same order side by side, then the next; those that succeeded before a retry are left as they are. */
  private async playStage(
    held: Held,
    execution: Execution,
    stage: StageDefinition,
    arn: string,
  ): Promise<void> {
    const orders = [...new Set(stage.actions.map(({ runOrder }) => runOrder))].sort((a, b) => a - b);
    const succeeded = new Set(
      execution.actions
        .filter((done) => done.stage === stage.name && done.status === 'Succeeded')
        .map(({ action }) => action.name),
    );
    for (const order of orders) {
      const now = stage.actions.filter(({ runOrder, name }) => runOrder === order && !succeeded.has(name));
      const ended = await Promise.allSettled(
        now.map((action) => this.playAction(execution, stage.name, action, arn)),
      );
      const failure = ended.find((each) => each.status === 'rejected');
      if (failure) throw failure.reason;
      if (held.definition !== execution.definition) throw new Updated();
    }
  }

  private async playAction(
    execution: Execution,
    stage: string,
    action: ActionDefinition,
    arn: string,
  ): Promise<void> {
    const { courier } = this.settings.services;
    const now = new Date();
    const done: ActionExecution = {
      id: randomUUID(),
      stage,
      action,
      started: now,
      status: 'InProgress',
      updated: now,
    };
    execution.actions.push(done);
    void courier.send(actionEvent(execution, done, arn));
    const work = async () => {
      try {
        const outcome = await this.act(execution, done, arn).finally(() => this.settings.after?.());
        done.external = outcome.external;
        done.summary = outcome.summary;
        if (action.namespace && outcome.variables)
          execution.variables.set(action.namespace, outcome.variables);
        done.status = 'Succeeded';
      } catch (error) {
        done.status = 'Failed';
        done.summary = error instanceof Error ? error.message : String(error);
        if (error instanceof ActionFailed) {
          done.external = error.external;
          done.summary = error.told ?? error.message;
        }
        throw error;
      } finally {
        done.updated = new Date();
        void courier.send(actionEvent(execution, done, arn));
      }
    };
    await (this.settings.around?.(execution, done, work) ?? work());
  }
}
