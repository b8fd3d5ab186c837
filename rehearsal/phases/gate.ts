import type { Metrics } from '../report/report';
import type { Stage } from '../stage';
import { follow } from './executions';
import { read } from './read';

/** What `evaluate.py` wrote, as far as the report shows it. */
interface Evaluation {
  readonly gate: { readonly passed: boolean; readonly sentence: string };
  readonly rows: number;
  readonly metrics: Metrics;
}

/** Reads what the evaluation decided and waits until the Condition has acted on it; a refusal is thrown. */
export async function gate(stage: Stage, execution: string) {
  const evaluation = await evaluationOf(stage, execution);
  const steps = await follow(stage, execution, 'Gate');
  const outcome = steps.get('Gate')?.Metadata?.Condition?.Outcome;
  if (outcome !== 'True') {
    // A refusal ends in the Fail step, whose message names metric, value and bound.
    await follow(stage, execution, undefined);
    throw new Error(`the gate refused, and the execution went on: ${evaluation.gate.sentence}`);
  }
  return {
    happened: `passed on ${evaluation.rows} held-out rows`,
    evidence: evaluation.gate.sentence,
  };
}

/** Metrics of an execution whose evaluation is written, also when the gate refused it. */
export async function evaluationOf(stage: Stage, execution: string): Promise<Evaluation> {
  const key = `runs/${execution.split('/').at(-1)}/evaluation/evaluation.json`;
  return JSON.parse(await read(stage, stage.outputs.ArtifactsBucket, key)) as Evaluation;
}
