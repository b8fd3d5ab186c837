import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Kind, kindSchema } from '../../../lib/config/kind';
import { isPlanned } from '../../../lib/config/planned';
import { notOneOf } from '../../../lib/config/problems';
import { Refusal } from '../../terminal/refusal';

/** Declares a kind; it stays in the template. */
export const KIND_FILE = 'kind.yaml';

/**
 * A kind by its name, or by name and version.
 *
 * @param given `email-classification` or `email-classification@1`
 * @throws Refusal that lists the kinds there are, or names the version that is here
 */
export function kindOf(templates: string, given: string): Kind {
  const [name = '', version] = given.split('@');
  const kinds = existsSync(templates)
    ? readdirSync(templates).filter((each) => existsSync(join(templates, each, KIND_FILE)))
    : [];
  if (!kinds.includes(name)) {
    const wrong = isPlanned('kind', name) ? 'is not built yet' : 'is no kind of project';
    throw new Refusal(`KIND ${notOneOf(wrong, name, kinds)}`);
  }
  const folder = join(templates, name);
  const kind = kindSchema.parse(parse(readFileSync(join(folder, KIND_FILE), 'utf8')));
  if (version !== undefined && version !== String(kind.version)) {
    throw new Refusal(
      `kind ${name} has no version ${version} here · allowed: ${name}@${kind.version} · leave the version out`,
    );
  }
  return { ...kind, name, folder };
}
