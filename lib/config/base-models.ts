import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { weightsHash } from '../../pipelines/base-models';
import type { Problem } from './problems';
import { rule, text } from './rule';
import { readYaml } from './yaml-file';

const fileSchema = z
  .strictObject({
    sha256: text(/^[0-9a-f]{64}$/, {
      wrong: 'is no sha256',
      allowed: '64 hexadecimal digits in lower case, as sha256sum prints them',
    }).describe('hash of the content: what is fetched must have it'),
    package: text(/^[A-Za-z0-9][\w.-]*==\d[\w.]*$/, {
      wrong: 'is no version of a package',
      allowed: 'name==version, as on PyPI',
    })
      .optional()
      .describe('package of PyPI whose wheel holds it'),
    path: text(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, {
      wrong: 'is no place in a wheel',
      allowed: 'a path below it, without ..',
    })
      .optional()
      .describe('where it lies in the wheel'),
    hub: z
      .strictObject({
        repository: text(/^[\w.-]+\/[\w.-]+$/, {
          wrong: 'is no repository of a hub',
          allowed: 'owner/name',
        }).describe('repository of the Hugging Face hub'),
        revision: text(/^[0-9a-f]{40}$/, {
          wrong: 'is no commit',
          allowed: '40 hexadecimal digits: a branch or a tag may change',
        }).describe('commit of the repository'),
        path: z.string().min(1).describe('where it lies in the repository'),
      })
      .optional()
      .describe('hub that has it'),
  })
  .refine((file) => (file.package === undefined) === (file.path === undefined), {
    error: rule({ wrong: 'names one of package and path', allowed: 'both, or neither' }),
  });

/**
 * `base_models.yaml` of a project: weights that learners may start from, by name. A file says where it can be had: a
 * package, a hub, or neither, and then only a folder that a person gives has it.
 */
export const baseModelsSchema = z.record(
  text(/^[a-z0-9][a-z0-9.-]{0,62}$/, {
    wrong: 'is no name of a base model',
    allowed: 'up to 63 lower-case letters, digits, dots and hyphens',
  }),
  z.strictObject({
    about: z.string().describe('what it is, in a line'),
    license: z.string().describe('SPDX identifier of its licence'),
    max_tokens: z.int().min(1).describe('tokens of a text that it reads'),
    files: z
      .record(
        text(/^\w[\w.-]*$/, { wrong: 'is no name of a file', allowed: 'a name without folders' }),
        fileSchema,
      )
      .refine((files) => Object.keys(files).length > 0, {
        error: rule({ wrong: 'names no file', allowed: 'one file or more' }),
      })
      .describe('its files, by the name that learners find them under'),
  }),
);

type Listed = z.output<typeof baseModelsSchema>[string];

/** A base model of a project. */
export interface BaseModel extends Listed {
  readonly name: string;

  /** sha256 in hex over its files' names and hashes, as `weightsHash` says: its name in S3. */
  readonly hash: string;
}

/**
 * The base models that a project lists, in the order of its file. A project without the file has none: its learners may
 * need none.
 *
 * @param folder the project's
 * @param file name of the file in it; undefined where the kind has no base models
 */
export function readBaseModels(
  folder: string,
  file: string | undefined,
): { readonly models: Readonly<Record<string, BaseModel>>; readonly problems: Problem[] } {
  const path = file && join(folder, file);
  if (!path || !existsSync(path)) return { models: {}, problems: [] };
  const { rest = {}, problems } = readYaml(path, baseModelsSchema);
  const models = Object.entries(rest).map(([name, listed]): [string, BaseModel] => [
    name,
    { ...listed, name, hash: weightsHash(listed.files) },
  ]);
  return { models: Object.fromEntries(models), problems };
}
