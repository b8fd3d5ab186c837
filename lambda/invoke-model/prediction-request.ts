import { type Fault, isObject, isReference, kindOf, REFERENCE_RULE, RequestRefused } from '../http';

/** A request for a prediction, every field checked. */
export interface PredictionRequest {
  readonly input: Readonly<Record<string, string>>;
  /** The caller's own name of the case, by which a correction may come later. */
  readonly reference?: string;
}

/**
 * Reads the body of `POST /v1/predictions`.
 *
 * @param fields the columns the model reads; each must be there, one with text in it, and no other
 * @throws RequestRefused 400 with every fault of the body, not only the first
 */
export function parsePredictionRequest(body: unknown, fields: readonly string[]): PredictionRequest {
  if (!isObject(body)) {
    const message = `the body is ${kindOf(body)}: send an object {"input": {…}, "reference": "…"}`;
    throw new RequestRefused(400, 'invalid_request', [{ message }]);
  }
  const { input, reference } = body;
  const faults = [...unknownKeys(body), ...inputFaults(input, fields), ...referenceFaults(reference)];
  if (faults.length > 0) throw new RequestRefused(400, 'invalid_request', faults);

  // Both were checked above, field by field; the types only follow.
  const texts = input as Record<string, string>;
  return {
    input: texts,
    ...(reference === undefined ? {} : { reference: reference as string }),
  };
}

function unknownKeys(body: Record<string, unknown>): Fault[] {
  return Object.keys(body)
    .filter((key) => key !== 'input' && key !== 'reference')
    .map((key) => ({
      field: named(key),
      message: `${named(key)} is unknown: allowed are input and reference`,
    }));
}

function inputFaults(input: unknown, fields: readonly string[]): Fault[] {
  const wanted = fields.join(', ');
  if (!isObject(input)) {
    return [
      {
        field: 'input',
        message: `input is ${kindOf(input)}: give an object with ${wanted}`,
      },
    ];
  }
  const unknown = Object.keys(input)
    .filter((key) => !fields.includes(key))
    .map((key) => ({
      field: `input.${named(key)}`,
      message: `input.${named(key)} is unknown: the model reads ${wanted}`,
    }));
  // Own keys only: a field named like a method of Object must not be found on its prototype.
  const given = (field: string) => (Object.hasOwn(input, field) ? input[field] : undefined);
  const wrong = fields
    .filter((field) => typeof given(field) !== 'string')
    .map((field) => ({
      field: `input.${field}`,
      message: `input.${field} ${given(field) === undefined ? 'is missing' : `is ${kindOf(given(field))}`}: give a string`,
    }));
  // A mail may lack its subject; one without any text cannot be answered.
  const isBlank = wrong.length === 0 && fields.every((field) => String(given(field)).trim() === '');
  if (isBlank) {
    const all = fields.map((field) => `input.${field}`).join(' and ');
    return [
      ...unknown,
      { field: `input.${fields[0]}`, message: `${all} is empty: give some text to classify` },
    ];
  }
  return [...unknown, ...wrong];
}

function referenceFaults(reference: unknown): Fault[] {
  if (reference === undefined || isReference(reference)) return [];
  return [
    {
      field: 'reference',
      message: `reference is not allowed: give ${REFERENCE_RULE}, or leave it out`,
    },
  ];
}

/** A key the caller made up, short enough to be quoted back. */
function named(key: string): string {
  return key.length > 64 ? `${key.slice(0, 64)}…` : key;
}
