import type { Config } from '../../lib/config/load';

/** Where GitHub looks for it, below the root of the repository. */
export const CODEOWNERS = '.github/CODEOWNERS';

/**
 * Who reviews what: the owner of a project its folder, the owner of the platform everything else. Owners are e-mail addresses,
 * which GitHub takes where they belong to an account that may write to the repository.
 *
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function codeownersOf({ platform, projects }: Config): string {
  const folders = projects.map(({ name, owner }) => [`/projects/${name}/`, owner] as const);
  const lines = [['*', platform.owner] as const, ...folders];
  const width = Math.max(...lines.map(([pattern]) => pattern.length));
  return [
    '# Who reviews what: the last line that fits counts. Written by `npm run codeowners` from the owners in projects/.',
    ...lines.map(([pattern, owner]) => `${pattern.padEnd(width)} ${owner}`),
    '',
  ].join('\n');
}
