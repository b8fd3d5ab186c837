import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas, SCHEMA_FOLDER } from '../../../lib/config/json-schema';

const root = join(__dirname, '../../..');

test.each(Object.entries(jsonSchemas()))(
  '%s is what the schema says now: npm run schemas',
  (name, schema) => {
    const committed: unknown = JSON.parse(readFileSync(join(root, SCHEMA_FOLDER, name), 'utf8'));

    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  },
);

test('every key of the schemas says what it is for', () => {
  const silent = Object.entries(jsonSchemas()).flatMap(([name, schema]) => undescribed(schema, name));

  expect(silent).toEqual([]);
});

/** Paths of properties without a description. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties: unknown = Reflect.get(schema, 'properties');
  const own = Object.entries(properties ?? {}).flatMap(([key, value]) => [
    ...(typeof value === 'object' && value !== null && 'description' in value ? [] : [`${path}.${key}`]),
    ...undescribed(value, `${path}.${key}`),
  ]);
  return [...own, ...undescribed(Reflect.get(schema, 'additionalProperties'), `${path}.*`)];
}
