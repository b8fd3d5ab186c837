import { type Fault, isObject, isReference, kindOf, REFERENCE_RULE } from '../http';

/** One mail, every field checked. */
export interface Item {
  readonly input: Readonly<Record<string, string>>;
  /** The caller's own name of the case, by which a correction may come later. */
  readonly reference?: string;
}

/**
 * Reads one mail of a request.
 *
 * @param fields the columns the model reads; each must be there, one with text in it, and no other
 * @returns the mail, or everything that is wrong with it; paths are from the mail on, `input.subject`
 */
export function parseItem(
  { input, reference }: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Item | readonly Fault[] {
  const faults = [...inputFaults(input, fields), ...referenceFaults(reference)];
  if (faults.length > 0) return faults;
  // Both were checked above, field by field; the types only follow.
  const texts = Object.entries(input as Record<string, string>).map(([field, text]) => [
    field,
    wellFormed(text),
  ]);
  return {
    input: Object.fromEntries(texts),
    ...(reference === undefined ? {} : { reference: reference as string }),
  };
}

/** A key the caller made up, short enough to be quoted back. */
export function named(key: string): string {
  return key.length > 64 ? `${key.slice(0, 64)}…` : key;
}

/** Half a character, as a cut emoji leaves it, becomes U+FFFD: no file and no model can hold it as it is. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
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
