import { z } from 'zod';
import { text } from './rule';

/** `templates/<kind>/kind.yaml`: what a kind of project offers. */
export const kindSchema = z.strictObject({
  version: z.int().min(1).describe('version of the kind, the number after the @'),
  learners: z
    .record(
      z.string(),
      z.strictObject({
        train: z.string().describe('Python environment that trains'),
        serve: z.string().describe('Python environment that serves, scores and evaluates'),
        accelerator: z.enum(['cpu', 'gpu']).default('cpu').describe('what the machine that trains must have'),
      }),
    )
    .describe('ways to train a model, the cheapest first'),
  environments: z
    .record(
      z.string(),
      z.strictObject({
        folder: z.string().describe('folder of the lock, below the project'),
        python: text(/^3\.\d+$/, {
          wrong: 'is not a version of Python',
          allowed: 'major and minor in quotes, such as "3.11"',
        }),
      }),
    )
    .describe('Python environments of the learners'),
  sample: z
    .strictObject({
      file: z.string().describe('CSV file with the rows that a new project starts with'),
      columns: z
        .string()
        .optional()
        .describe('JSON file, column of the sample: what it is made of; written for what makes more rows'),
    })
    .optional()
    .describe('what follows the columns that a new project names; without it a kind has the columns it has'),
});

type KindFile = z.output<typeof kindSchema>;

/** A kind, and where it lies. */
export interface Kind extends KindFile {
  readonly name: string;
  readonly folder: string;
}
