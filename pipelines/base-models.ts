import { createHash } from 'node:crypto';

/** Files of a base model by the name that jobs find them under, each with its content's sha256 in hex. */
export type WeightFiles = Readonly<Record<string, { readonly sha256: string }>>;

/**
 * The name of a base model's files, by their content: sha256 over names and hashes. The same weights have the same name
 * wherever they come from, and other weights never have it.
 */
export function weightsHash(files: WeightFiles): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(files).sort()) hash.update(`${name}\0${files[name]?.sha256}\0`);
  return hash.digest('hex');
}

/** Where weights lie in the artifacts bucket of an environment, and below `.rehearsal/` on a laptop. */
export const weightsPrefix = (hash: string): string => `weights/${hash}/`;
