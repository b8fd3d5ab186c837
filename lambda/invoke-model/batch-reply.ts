import { type Fault, RequestRefused } from '../http';
import type { Output, PredictionsReply, Result } from './contract';
import { MODEL_FAILED } from './failure';
import type { Item } from './prediction-item';
import { isItem } from './prediction-request';

/** An answer, and whether it was remembered. */
export interface Placed {
  readonly inferenceId: string;
  readonly output: Output;
  readonly correctable: boolean;
}

/**
 * What became of each mail, in the caller's order. That nothing could be answered is no other reply than that some
 * could not: who sends many reads one list.
 *
 * @param answers by the place among the good mails, which is the row that the model saw
 */
export function batchReply(
  items: ReadonlyArray<Item | readonly Fault[]>,
  modelVersion: number | undefined,
  answers: ReadonlyMap<number, Placed>,
): PredictionsReply {
  let row = 0;
  const results = items.map((item) => (isItem(item) ? resultOf(answers.get(row++)) : refusalOf(item)));
  return { ...(modelVersion !== undefined && { modelVersion }), results };
}

function resultOf(answer: Placed | undefined): Result {
  if (answer === undefined) {
    // Neutral: what the model says of itself may quote the mail.
    return { error: { code: MODEL_FAILED.code, message: 'the model failed on this input' } };
  }
  const { inferenceId, output, correctable } = answer;
  return { inferenceId, output, ...(!correctable && { correctable }) };
}

function refusalOf(faults: readonly Fault[]): Result {
  return new RequestRefused(400, 'invalid_request', faults).body();
}
