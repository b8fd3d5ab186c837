import { type Config, loadConfig } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import type { ProjectEnvironment } from '../../../lib/config/project';
import { type Subject, subjectOf } from '../../../operations/doctor/subject';
import { type Answer, type Recorded, recorded } from '../../fixtures/answers/recorded';
import { TEMPLATES, temporaryProjects } from '../../fixtures/project';

/** The configuration of a project `mail` in dev and prod, as the template makes it. */
export function templateConfig(): Config {
  const projects = temporaryProjects();
  try {
    return loadConfig({ projects: projects.folder, templates: TEMPLATES });
  } finally {
    projects.remove();
  }
}

/** The same, with other settings of the project in some environments. */
export function configWith(
  environments: Readonly<Record<string, Partial<ProjectEnvironment>>>,
  guardrails: Partial<Platform['guardrails']> = {},
): Config {
  const config = templateConfig();
  return {
    platform: { ...config.platform, guardrails: { ...config.platform.guardrails, ...guardrails } },
    projects: config.projects.map((project) => ({
      ...project,
      environments: Object.fromEntries(
        Object.entries(project.environments).map(([name, settings]) => [
          name,
          { ...settings, ...environments[name] },
        ]),
      ),
    })),
  };
}

/** An account that answers what is recorded. */
export function recordedSubject(
  answers: Readonly<Record<string, Answer>>,
  {
    name = 'dev',
    config = templateConfig(),
    profile,
  }: { name?: string; config?: Config; profile?: string } = {},
): Subject & Pick<Recorded, 'sent'> {
  const { aws, sent } = recorded(answers);
  const place = name === 'delivery' ? config.platform.delivery : config.platform.environments[name];
  if (!place) throw new Error(`no environment ${name}`);
  const { account, region } = place;
  const access = {
    account,
    region,
    callerArn: `arn:aws:sts::${account}:assumed-role/Reader/jo`,
    sessionName: 'jo',
    config: { region, ...(profile && { profile }) },
  };
  return { ...subjectOf(name, access, config, aws), sent };
}

/** The answer of DescribeStacks: these stacks, in a good state unless said otherwise. */
export const deployed = (
  ...stacks: readonly (string | { name: string; status?: string; tags?: Record<string, string> })[]
) => ({
  Stacks: stacks.map((stack) => {
    const {
      name,
      status = 'CREATE_COMPLETE',
      tags = {},
    } = typeof stack === 'string' ? { name: stack } : stack;
    return {
      StackName: name,
      StackStatus: status,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  }),
});
