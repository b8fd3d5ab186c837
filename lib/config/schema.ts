import { z } from 'zod';

/** The schema of the value at `path`, or undefined where the schema has nothing there. */
function schemaAt(schema: z.ZodType, path: ReadonlyArray<PropertyKey>): z.ZodType | undefined {
  let here: z.ZodType | undefined = schema;
  for (const step of path) {
    here = here && child(unwrap(here), step);
  }
  return here;
}

/** The keys that an object at `path` may have. */
export function allowedKeys(schema: z.ZodType, path: ReadonlyArray<PropertyKey>): string[] {
  const here = schemaAt(schema, path);
  const inner = here && unwrap(here);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** What the value at `path` is for, in the words of the schema. */
export function describe(schema: z.ZodType, path: ReadonlyArray<PropertyKey>): string {
  return schemaAt(schema, path)?.description ?? 'a value';
}

function child(schema: z.ZodType, step: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodRecord) return asType(schema.valueType);
  if (schema instanceof z.ZodArray) return asType(schema.element);
  return undefined;
}

/** The schema inside defaults and transformations. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    const inner = asType(schema.unwrap());
    return inner ? unwrap(inner) : schema;
  }
  if (schema instanceof z.ZodOptional) {
    const inner = asType(schema.unwrap());
    return inner ? unwrap(inner) : schema;
  }
  if (schema instanceof z.ZodPipe) {
    const inner = asType(schema.in);
    return inner ? unwrap(inner) : schema;
  }
  return schema;
}

function asType(schema: z.core.$ZodType): z.ZodType | undefined {
  return schema instanceof z.ZodType ? schema : undefined;
}
