import type { Platform } from './platform';
import type { Project } from './project';

/** Tells what belongs to an environment; its budget counts by it. */
export const ENVIRONMENT_TAG = 'mlops:environment';

/** What everything of an environment carries. */
export function environmentTags(
  { guardrails, owner }: Platform,
  environment: string,
): Record<string, string> {
  return { ...guardrails.tags, [ENVIRONMENT_TAG]: environment, 'mlops:owner': tagValue(owner) };
}

/** What everything of a project in an environment carries, its jobs, models and endpoint too. */
export function projectTags(
  environment: Readonly<Record<string, string>>,
  project: Pick<Project, 'name' | 'owner'>,
): Record<string, string> {
  return { ...environment, 'mlops:owner': tagValue(project.owner), 'mlops:project': project.name };
}

/** Addresses may hold characters that tags may not. */
function tagValue(text: string): string {
  return text.replace(/[^\w .:/=+@-]/g, '_');
}
