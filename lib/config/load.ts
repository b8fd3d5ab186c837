import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readBaseModels } from './base-models';
import { crossCheck } from './cross-check';
import { platformProblems } from './cross-check-platform';
import { type Kind, kindSchema } from './kind';
import { isPlanned } from './planned';
import { PLATFORM_STAND_INS, type Platform, platformSchema } from './platform';
import { ConfigError, notOneOf, type Problem, shownPath, withGiven } from './problems';
import { PROJECT_STAND_INS, type Project, type ProjectFile, projectSchema } from './project';
import { rule } from './rule';
import { readYaml, type YamlFile } from './yaml-file';

/** All that people decided, checked, with the defaults filled in. */
export interface Config {
  readonly platform: Platform;
  readonly projects: readonly Project[];
}

export interface LoadOptions {
  /** Folder of platform.yaml and of one folder a project. */
  readonly projects: string;
  /** Folder of one folder a kind. */
  readonly templates: string;
  /**
   * Names of the projects to load; the others are not even read.
   *
   * @default - every project
   */
  readonly only?: readonly string[];
}

/**
 * Loads the organisation's configuration.
 *
 * @throws ConfigError with everything that is wrong in all of the files, each with file and line
 */
export function loadConfig({ projects: folder, templates, only }: LoadOptions): Config {
  const platformFile = join(folder, 'platform.yaml');
  if (!existsSync(platformFile)) {
    throw new ConfigError([missing(platformFile, `a folder with platform.yaml in it`)]);
  }
  const platform = readYaml(platformFile, platformSchema, PLATFORM_STAND_INS);
  const known = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'project.yaml')))
    .sort();

  const unknown = (only ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => ({ ...at(folder), message: notOneOf('has no such project', name, known) }));
  const loaded = known
    .filter((name) => !only || only.includes(name))
    .map((name) => loadProject(join(folder, name), templates));

  const problems = [...platform.problems, ...unknown, ...loaded.flatMap((project) => project.problems)];
  const projects = loaded.flatMap(({ project }) => (project ? [project] : []));
  if (platform.rest) {
    const files = loaded.flatMap(({ project, file }) => (project ? [{ project, file }] : []));
    const further = [
      ...platformProblems(platform.rest, platform),
      ...crossCheck(platform.rest, files, known),
    ];
    problems.push(...further.filter((problem) => !problems.some((known) => isAbout(problem, known))));
  }
  if (problems.length > 0 || !platform.value) throw new ConfigError(problems);
  return { platform: platform.value, projects };
}

/** Everything that is wrong with the organisation's configuration; nothing where it loads. */
export function problemsOf(options: LoadOptions): readonly Problem[] {
  try {
    loadConfig(options);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Whether a problem comes from a value, or a lack of one, that a known problem speaks of already. */
function isAbout(problem: Problem, known: Problem): boolean {
  if (problem.file !== known.file) return false;
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`);
  return within(problem.key, known.key) || within(known.key, problem.key);
}

interface Loaded {
  readonly project: Project | undefined;
  readonly file: YamlFile<ProjectFile>;
  readonly problems: Problem[];
}

function loadProject(folder: string, templates: string): Loaded {
  const file = readYaml(join(folder, 'project.yaml'), projectSchema, PROJECT_STAND_INS);
  if (!file.rest) return { project: undefined, file, problems: file.problems };

  const { kind, problems } = loadKind(file, file.rest.kind, templates);
  const all = [...file.problems, ...problems];
  if (!kind) return { project: undefined, file, problems: all };
  const listed = readBaseModels(folder, kind.base_models);
  const project = { ...file.rest, name: basename(folder), folder, kind, baseModels: listed.models };
  return { project, file, problems: [...all, ...listed.problems] };
}

function loadKind(
  file: YamlFile<ProjectFile>,
  given: string,
  templates: string,
): { kind: Kind | undefined; problems: Problem[] } {
  const refuse = (message: string) => ({ kind: undefined, problems: [file.problem(['kind'], message)] });
  const [name = '', version] = given.split('@');
  const folder = join(templates, name);
  if (!existsSync(join(folder, 'kind.yaml'))) {
    const kinds = existsSync(templates)
      ? readdirSync(templates).filter((kind) => existsSync(join(templates, kind, 'kind.yaml')))
      : [];
    const wrong = isPlanned('kind', name) ? 'is not built yet' : 'is no kind of project';
    return refuse(notOneOf(wrong, name, kinds));
  }
  const read = readYaml(join(folder, 'kind.yaml'), kindSchema);
  if (!read.value) return { kind: undefined, problems: read.problems };
  if (String(read.value.version) !== version) {
    const allowed = `${name}@${read.value.version}`;
    return refuse(withGiven(rule({ wrong: 'is a version that is not here', allowed }), given));
  }
  return { kind: { ...read.value, name, folder }, problems: [] };
}

function missing(path: string, allowed: string): Problem {
  return { ...at(path), message: withGiven(rule({ wrong: 'does not exist', allowed }), path) };
}

function at(path: string): Omit<Problem, 'message'> {
  return { file: shownPath(path), line: 1, key: '' };
}
