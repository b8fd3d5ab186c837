import { z } from 'zod';
import { baseModelsSchema } from './base-models';
import { platformSchema } from './platform';
import { projectSchema } from './project';

/** Where the JSON Schemas are kept; the first line of the files that people edit points there. */
export const SCHEMA_FOLDER = 'lib/config/schemas';

/**
 * The JSON Schemas that editors complete and check these files with, by file name. Rules that look at several keys or
 * files are not in them; the synthesis knows all.
 */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'platform.schema.json': schemaOf(platformSchema, 'What holds for every project of the organisation'),
    'base-models.schema.json': schemaOf(baseModelsSchema, 'Weights that learners of a project start from'),
    'project.schema.json': schemaOf(projectSchema, 'What the people of one project decide'),
  };
}

function schemaOf(schema: z.ZodType, title: string): object {
  return { ...z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }), title };
}
