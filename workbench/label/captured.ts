import { z } from 'zod';

/** What a model said of one target. */
export interface Answer {
  readonly value: string;
  /** Calibrated probability of `value`, 0 to 1. */
  readonly confidence: number;
  /** True where that was too little to act on. */
  readonly abstained: boolean;
}

/** One answered row that a label can be given to. */
export interface Answered {
  /** What a correction names it by. */
  readonly id: string;
  /** ISO time, or an empty text where the record does not say. */
  readonly at: string;
  readonly modelVersion: number;
  /** The project's fields, as the caller sent them. */
  readonly row: Readonly<Record<string, string>>;
  /** By target. */
  readonly answer: Readonly<Record<string, Answer>>;
}

/** The columns of a project. */
export interface Columns {
  readonly fields: readonly string[];
  readonly targets: readonly string[];
}

/** Inference ids of the requests by which a release tries a model; nobody asked those. */
const SMOKE = 'smoke-';

const SIDE = z.object({ data: z.string(), encoding: z.string().optional() });
const ABOUT = z.object({
  eventId: z.string().optional(),
  inferenceId: z.string().optional(),
  inferenceTime: z.string().optional(),
});
const CAPTURE = z.object({
  captureData: z.object({ endpointInput: SIDE, endpointOutput: SIDE }),
  eventMetadata: ABOUT,
});
const REQUEST = z.object({
  rows: z.array(z.record(z.string(), z.unknown())),
  batch: z.boolean().optional(),
});
const PREDICTION = z.object({
  value: z.string(),
  confidence: z.number(),
  abstained: z.boolean().default(false),
});
const REPLY = z.object({ modelVersion: z.number(), predictions: z.array(z.record(z.string(), z.unknown())) });
const TRUTH = z.object({ groundTruthData: SIDE, eventMetadata: z.object({ eventId: z.string() }) });

/**
 * The answered rows of a captured line, as pipelines/steps/captured.py reads them: row n of a batch is
 * `<inference id>.<n>`, the row of a single request has the id itself.
 *
 * @returns undefined for a line that is none of this project's; no rows for the request of a release, and a row that failed
 * or does not have this project's columns is left out
 */
export function answeredIn(line: string, { fields, targets }: Columns): Answered[] | undefined {
  try {
    const { captureData, eventMetadata } = CAPTURE.parse(JSON.parse(line));
    const id = eventMetadata.inferenceId || eventMetadata.eventId || '';
    if (id.startsWith(SMOKE)) return [];
    const { rows, batch = false } = REQUEST.parse(payload(captureData.endpointInput));
    const { modelVersion, predictions } = REPLY.parse(payload(captureData.endpointOutput));
    // A correction names one row: without ids of their own, several rows of a request cannot be told apart.
    if (id === '' || rows.length !== predictions.length || (rows.length > 1 && !batch)) return undefined;
    return rows.flatMap((given, number) => {
      const row = valuesOf(fields, z.string(), given);
      const answer = valuesOf(targets, PREDICTION, predictions[number] ?? {});
      if (!row || !answer) return [];
      const at = eventMetadata.inferenceTime ?? '';
      return [{ id: batch ? `${id}.${number}` : id, at, modelVersion, row, answer }];
    });
  } catch {
    return undefined;
  }
}

/** What a line of ground truth says of an answer, by target; undefined for a line that is none. */
export function correctionIn(
  line: string,
  targets: readonly string[],
): { readonly id: string; readonly values: Readonly<Record<string, string>> } | undefined {
  try {
    const { groundTruthData, eventMetadata } = TRUTH.parse(JSON.parse(line));
    const given = z.record(z.string(), z.unknown()).parse(payload(groundTruthData));
    const values = targets.flatMap((target) => {
      const value = given[target];
      return typeof value === 'string' ? [[target, value] as const] : [];
    });
    return { id: eventMetadata.eventId, values: Object.fromEntries(values) };
  } catch {
    return undefined;
  }
}

/** SageMaker encodes bodies in base64 unless the endpoint lists their content type as JSON. */
function payload({ data, encoding }: z.infer<typeof SIDE>): unknown {
  return JSON.parse(encoding === 'BASE64' ? Buffer.from(data, 'base64').toString('utf8') : data);
}

/** The named keys of an object, each of the right shape; undefined where one is not. */
function valuesOf<T>(
  keys: readonly string[],
  shape: z.ZodType<T>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, T>> | undefined {
  const found: Record<string, T> = {};
  for (const key of keys) {
    const { success, data } = shape.safeParse(given[key]);
    if (!success) return undefined;
    found[key] = data;
  }
  return found;
}
