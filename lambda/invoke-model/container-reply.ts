import { isObject } from '../http';
import type { ContainerReply, Prediction } from './contract';

/** The model answered, but not as its contract says; a fault of the model, never of the caller. */
export class ModelReplyBroken extends Error {
  override readonly name = 'ModelReplyBroken';
}

/** The container's answer to one row. */
export interface Answer {
  readonly modelVersion: ContainerReply['modelVersion'];
  readonly output: Readonly<Record<string, Prediction>>;
}

/**
 * Reads what the model's container replied to a request of one row.
 *
 * @param targets the columns an answer carries; others that the container may add are left out
 * @throws ModelReplyBroken naming what is wrong, without the reply
 */
export function parseContainerReply(body: Uint8Array, targets: readonly string[]): Answer {
  const { modelVersion, predictions } = object(body);
  if (typeof modelVersion !== 'number' || !Number.isInteger(modelVersion)) {
    throw new ModelReplyBroken('modelVersion is no whole number');
  }
  const row: unknown = Array.isArray(predictions) && predictions.length === 1 ? predictions[0] : undefined;
  if (!isObject(row)) throw new ModelReplyBroken('predictions has not exactly one object for one row');
  return {
    modelVersion,
    output: Object.fromEntries(targets.map((target) => [target, predictionOf(row, target)])),
  };
}

function object(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // Falls to the one message below: what came back may quote a customer's text.
  }
  throw new ModelReplyBroken('the reply is no JSON object');
}

function predictionOf(row: Record<string, unknown>, target: string): Prediction {
  const prediction = row[target];
  if (
    !isObject(prediction) ||
    typeof prediction.value !== 'string' ||
    typeof prediction.confidence !== 'number'
  ) {
    throw new ModelReplyBroken(`predictions[0].${target} has not a string value and a number confidence`);
  }
  return { value: prediction.value, confidence: prediction.confidence };
}
