import type { Project } from '../../lib/config/project';

/** Folders and files whose change may change every project; documents in them do not count. */
const SHARED =
  /^((bin|lambda|lib|operations|pipelines|rehearsal|templates)\/|projects\/platform\.yaml$|(package(-lock)?|cdk)\.json$)/;

/**
 * Projects that a change is about: those whose folder changed, and where something changed that all have in common, one of
 * each kind as well, by which it can be seen.
 *
 * @param files changed files, relative to the root of the repository
 */
export function changedProjects(
  projects: readonly Pick<Project, 'name' | 'kind'>[],
  files: readonly string[],
): string[] {
  const code = files.filter((file) => !file.endsWith('.md'));
  const own = projects.filter(({ name }) => code.some((file) => file.startsWith(`projects/${name}/`)));
  if (!code.some((file) => SHARED.test(file))) return own.map(({ name }) => name);
  const samples = [...new Map([...projects, ...own].map((project) => [project.kind.name, project])).values()];
  return [...new Set([...own, ...samples].map(({ name }) => name))].sort();
}
