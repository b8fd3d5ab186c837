import { isObject } from '../http';
import { type ContainerReply, MAX_REPLY_BYTES, type Output, type Prediction } from './contract';

/** The model answered, but not as its contract says; a fault of the model, never of the caller. */
export class ModelReplyBroken extends Error {
  override readonly name = 'ModelReplyBroken';
}

/** The container's answers to the rows of a request, in their order. */
export interface Answers {
  readonly modelVersion: ContainerReply['modelVersion'];
  /** By row; what is wrong, without a word of the reply, for a row that was not answered. */
  readonly rows: ReadonlyArray<Output | { readonly broken: string }>;
  /** As they came, one a row; undefined where there are none. */
  readonly explanations: readonly unknown[] | undefined;
}

/**
 * Reads what the model's container replied.
 *
 * @param targets the columns an answer carries; others that the container may add are left out
 * @param count rows of the request
 * @throws ModelReplyBroken naming what is wrong, without the reply; also where not one row was answered
 */
export function parseContainerReply(body: Uint8Array, targets: readonly string[], count: number): Answers {
  const { modelVersion, predictions, explanations } = object(body);
  if (typeof modelVersion !== 'number' || !Number.isInteger(modelVersion)) {
    throw new ModelReplyBroken('modelVersion is no whole number');
  }
  if (!Array.isArray(predictions) || predictions.length !== count) {
    throw new ModelReplyBroken(
      `predictions has not exactly one object for ${count === 1 ? 'one row' : `each of ${count} rows`}`,
    );
  }
  const rows = predictions.map((row: unknown, index) => outputOf(row, targets, `predictions[${index}]`));
  const broken = rows.flatMap((row) => (isBroken(row) ? [row.broken] : []));
  if (broken.length === count) throw new ModelReplyBroken(broken[0]);
  return { modelVersion, rows, explanations: Array.isArray(explanations) ? explanations : undefined };
}

export function isBroken(row: Answers['rows'][number]): row is { readonly broken: string } {
  return typeof row.broken === 'string';
}

function object(body: Uint8Array): Record<string, unknown> {
  if (body.byteLength > MAX_REPLY_BYTES) {
    throw new ModelReplyBroken(`the reply has ${body.byteLength} bytes, the limit is ${MAX_REPLY_BYTES}`);
  }
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // Falls to the one message below: what came back may quote a customer's text.
  }
  throw new ModelReplyBroken('the reply is no JSON object');
}

function outputOf(row: unknown, targets: readonly string[], where: string): Answers['rows'][number] {
  if (!isObject(row)) return { broken: `${where} is no object` };
  // A target may be named so, too: its prediction is an object.
  if (typeof row.error === 'string') return { broken: `${where} is an error of the model` };
  const predictions = targets.map((target) => [target, predictionOf(row[target])] as const);
  const missing = predictions.find(([, prediction]) => prediction === undefined);
  if (missing) return { broken: `${where}.${missing[0]} has not a string value and a number confidence` };
  return Object.fromEntries(predictions) as Output;
}

function predictionOf(prediction: unknown): Prediction | undefined {
  if (!isObject(prediction)) return undefined;
  const { value, confidence, abstained } = prediction;
  if (typeof value !== 'string' || typeof confidence !== 'number') return undefined;
  // A model of before abstaining was known never did.
  return { value, confidence, abstained: abstained === true };
}
