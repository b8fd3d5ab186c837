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
        serve_gpu: z
          .string()
          .optional()
          .describe(
            'Python environment that serves on a machine with a GPU; without it the learner takes none',
          ),
        weights: z
          .boolean()
          .default(false)
          .describe('whether it starts from the files of a base model, which the project names'),
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
        base: z
          .strictObject({
            image: text(/^[a-z0-9][a-z0-9-]*:[\w.-]+$/, {
              wrong: 'is no image of the AWS Deep Learning Containers',
              allowed: 'repository:tag, such as pytorch-training:2.8.0-gpu-py312-cu129-ubuntu22.04-sagemaker',
            }).describe('repository and tag, in the registry that AWS has for the region'),
            provides: z
              .array(z.string())
              .describe('packages that it brings, as patterns; image.lock leaves them out'),
          })
          .optional()
          .describe('Deep Learning Container that the image is built on; its image.lock holds the rest'),
      }),
    )
    .describe('Python environments of the learners'),
  base_models: z
    .string()
    .optional()
    .describe('file of a project that lists the base models its learners may start from'),
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
