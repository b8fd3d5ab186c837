import { type Fault, isObject, isReference, kindOf, REFERENCE_RULE, RequestRefused } from '../http';
import { type Correction, MAX_CORRECTIONS } from './contract';

/** A correction and its place in the request. */
export interface Placed {
  readonly index: number;
  readonly correction: Correction;
}

/** Why a correction was not taken. */
export interface Rejection {
  readonly index: number;
  readonly reason: string;
}

export interface ParsedCorrections {
  readonly wellFormed: readonly Placed[];
  readonly rejected: readonly Rejection[];
}

const MAX_VALUE = 256;

/**
 * Reads the body of `POST /v1/feedback`: one correction, or `{"corrections": […]}`.
 *
 * @param targets the columns that can be corrected
 * @throws RequestRefused 400 when not even one correction is well-formed, with every fault of every one
 */
export function parseCorrections(body: unknown, targets: readonly string[]): ParsedCorrections {
  const many = isObject(body) && Object.hasOwn(body, 'corrections');
  const items = many ? list(body) : [body];

  const parsed = items.map((item, index) => ({ index, item, faults: faultsOf(item, targets) }));
  const wellFormed = parsed
    .filter(({ faults }) => faults.length === 0)
    // Checked field by field just before.
    .map(({ index, item }) => ({ index, correction: item as Correction }));
  const bad = parsed.filter(({ faults }) => faults.length > 0);
  if (wellFormed.length === 0) {
    const at = (index: number, text: string) => (many ? `corrections[${index}].${text}` : text);
    const faults = bad.flatMap(({ index, faults: own }) =>
      own.map(({ field, message }) => ({ field: field && at(index, field), message: at(index, message) })),
    );
    throw new RequestRefused(400, 'invalid_request', faults);
  }
  const rejected = bad.map(({ index, faults }) => ({
    index,
    reason: faults.map(({ message }) => message).join('; '),
  }));
  return { wellFormed, rejected };
}

function list(body: Record<string, unknown>): readonly unknown[] {
  const { corrections, ...others } = body;
  const faults: Fault[] = Object.keys(others).map((key) => ({
    field: key,
    message: `${key} is unknown beside corrections: put it into each correction`,
  }));
  const count = Array.isArray(corrections) ? corrections.length : 0;
  if (count < 1 || count > MAX_CORRECTIONS) {
    const given = Array.isArray(corrections) ? `has ${count} items` : `is ${kindOf(corrections)}`;
    faults.push({
      field: 'corrections',
      message: `corrections ${given}: give a list of 1 to ${MAX_CORRECTIONS}`,
    });
  }
  if (faults.length > 0) throw new RequestRefused(400, 'invalid_request', faults);
  return corrections as readonly unknown[];
}

function faultsOf(item: unknown, targets: readonly string[]): Fault[] {
  if (!isObject(item)) {
    return [{ message: `correction is ${kindOf(item)}: give an object with inferenceId or reference` }];
  }
  const unknown = Object.keys(item)
    .filter((key) => key !== 'inferenceId' && key !== 'reference' && key !== 'correction')
    .map((key) => ({
      field: key,
      message: `${key} is unknown: allowed are inferenceId or reference, and correction`,
    }));
  return [...unknown, ...nameFaults(item), ...valueFaults(item.correction, targets)];
}

function nameFaults({ inferenceId, reference }: Record<string, unknown>): Fault[] {
  if ((inferenceId === undefined) === (reference === undefined)) {
    return [
      { field: 'inferenceId', message: 'inferenceId or reference must be given, and only one of them' },
    ];
  }
  if (reference !== undefined && !isReference(reference)) {
    return [{ field: 'reference', message: `reference is not allowed: give ${REFERENCE_RULE}` }];
  }
  // 64 is what SageMaker takes; ours are UUIDs, with the place in its request where one of many. What it is, the table says.
  const isId = typeof inferenceId === 'string' && /^[A-Za-z0-9-]{1,64}(\.\d{1,3})?$/.test(inferenceId);
  if (inferenceId !== undefined && !isId) {
    return [
      { field: 'inferenceId', message: 'inferenceId is no id: give the one that came with the answer' },
    ];
  }
  return [];
}

function valueFaults(correction: unknown, targets: readonly string[]): Fault[] {
  const allowed = targets.join(', ');
  if (!isObject(correction) || Object.keys(correction).length === 0) {
    const given = isObject(correction) ? 'an empty object' : kindOf(correction);
    return [
      {
        field: 'correction',
        message: `correction is ${given}: give one or more of ${allowed} with its right value`,
      },
    ];
  }
  return Object.entries(correction).flatMap(([target, value]) => {
    const field = `correction.${target.slice(0, 64)}`;
    if (!targets.includes(target))
      return [{ field, message: `${field} is unknown: the model predicts ${allowed}` }];
    if (typeof value === 'string' && value.trim() !== '' && value.length <= MAX_VALUE) return [];
    const given = typeof value === 'string' ? `a string of ${value.length}, or blank` : kindOf(value);
    return [{ field, message: `${field} is ${given}: give a string of 1 to ${MAX_VALUE} characters` }];
  });
}
