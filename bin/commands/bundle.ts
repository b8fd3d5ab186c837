import { join } from 'node:path';
import { Command } from 'commander';
import { type Config, loadConfig } from '../../lib/config/load';
import type { Project } from '../../lib/config/project';
import { learnerSettings } from '../../lib/config/settings';
import { helpEnd } from '../../operations/terminal/exit-codes';
import { Refusal } from '../../operations/terminal/refusal';
import { codeBundle, SHARED_STEPS, writeBundle } from '../../pipelines/code-bundle';

/** Folder of the kinds of projects. */
export const TEMPLATES = 'templates';

/** Writes a project's code bundle to a folder named by its hash. */
export function bundleCommand(): Command {
  return new Command('bundle')
    .description('write the code bundle of a project, the files that jobs and the model server run')
    .argument('<project>', 'name of a folder in projects/')
    .argument('<environment>', 'environment of platform.yaml')
    .option('--out <folder>', 'where the folder named by the hash is written', 'dist/bundles')
    .option('--projects <folder>', 'folder of platform.yaml and the projects', 'projects')
    .addHelpText(
      'after',
      helpEnd(['npm run bundle -- email-classification dev'], {
        done: 'its folder is printed',
        cannot: 'there is no such project or environment',
      }),
    )
    .action((name: string, environment: string, options: { out: string; projects: string }) => {
      const { project } = loadProject(options.projects, name);
      requireEnvironment(project, environment);
      const bundle = codeBundle(project.folder, SHARED_STEPS, learnerSettings(project, environment));
      const folder = join(options.out, bundle.hash);
      writeBundle(bundle, folder);
      process.stdout.write(`${folder}\n`);
    });
}

/**
 * Loads one project with the platform.
 *
 * @param name may be left out where there is only one
 * @param templates the kinds; those of this checkout where nothing is said
 * @throws Refusal or ConfigError that names what is there
 */
export function loadProject(
  projects: string,
  name: string | undefined,
  templates: string = TEMPLATES,
): { readonly platform: Config['platform']; readonly project: Project } {
  const config = loadConfig({ projects, templates, ...(name ? { only: [name] } : {}) });
  const [project, ...others] = config.projects;
  if (!project) throw new Refusal(`${projects}/ holds no project; make a folder with a project.yaml in it`);
  if (others.length > 0) {
    const names = config.projects.map((each) => each.name).join(', ');
    throw new Refusal(`${projects}/ holds several projects; name one of them: ${names}`);
  }
  return { platform: config.platform, project };
}

/** @throws Refusal when the project does not run in the environment */
export function requireEnvironment(project: Project, environment: string): Project['environments'][string] {
  const chosen = project.environments[environment];
  if (chosen) return chosen;
  const known = Object.keys(project.environments).join(', ');
  throw new Refusal(
    `project ${project.name} does not run in "${environment}"; environments of its project.yaml: ${known}`,
  );
}
