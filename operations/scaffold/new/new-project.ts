import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { nameProblem } from '../../../lib/config/cross-check';
import { loadConfig, problemsOf } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import { ConfigError, type Problem, shownPath, withGiven } from '../../../lib/config/problems';
import type { Project } from '../../../lib/config/project';
import { rule } from '../../../lib/config/rule';
import { Refusal } from '../../terminal/refusal';
import type { Columns, WantedColumns } from './columns';
import { type Contents, contentsOf } from './contents';
import { kindOf } from './kinds';

export interface NewProject extends WantedColumns {
  /** `email-classification` or `email-classification@1`. */
  readonly kind: string;
  readonly name: string;
  /** Folder of platform.yaml and the projects. */
  readonly projects: string;
  /** Folder of the kinds. */
  readonly templates: string;
}

/** A project that was made. */
export interface MadeProject {
  readonly platform: Platform;
  readonly project: Project;
  readonly columns: Columns;
  /** Number of files, with the stamp. */
  readonly files: number;
}

/**
 * Makes a project from its template: `projects/<name>`, whole or not at all.
 *
 * It is written beside, held against the rules of the whole configuration, and only then gets its name.
 *
 * @throws Refusal, or ConfigError of platform.yaml, with everything that cannot be; nothing has changed then
 */
export function newProject({ name, projects, templates, ...wanted }: NewProject): MadeProject {
  const kind = kindOf(templates, wanted.kind);
  const { platform, problems: before } = look(projects, templates);
  const others = namesIn(projects);
  const problem = nameProblem(name, platform, others);
  if (problem) throw new Refusal(withGiven(rule({ ...problem, wrong: `the name ${problem.wrong}` }), name));
  const folder = join(projects, name);
  if (existsSync(folder)) {
    throw new Refusal(
      `${shownPath(folder)} is there already · choose another name, or remove it: npm run remove -- ${name}`,
    );
  }
  const contents = contentsOf(kind, name, wanted, Object.keys(platform.environments));
  const staging = mkdtempSync(join(projects, '.new-'));
  try {
    write(join(staging, name), contents);
    for (const other of ['platform.yaml', ...others])
      symlinkSync(resolve(projects, other), join(staging, other));
    refuseNewProblems(staging, projects, templates, before);
    renameSync(join(staging, name), folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  const [project] = loadConfig({ projects, templates, only: [name] }).projects;
  if (!project) throw new Error(`${folder} is gone right after it was made`);
  return { platform, project, columns: contents.columns, files: contents.files.size };
}

function write(folder: string, { files }: Contents): void {
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

const namesIn = (projects: string): string[] =>
  readdirSync(projects).filter((each) => existsSync(join(projects, each, 'project.yaml')));

/** The platform, which must be right, and what is wrong with the projects there are: not the new one's fault. */
function look(projects: string, templates: string): { platform: Platform; problems: readonly Problem[] } {
  const { platform } = loadConfig({ projects, templates, only: [] });
  return { platform, problems: problemsOf({ projects, templates }) };
}

/** @throws Refusal with what the new project would break, in itself or in others */
function refuseNewProblems(
  staging: string,
  projects: string,
  templates: string,
  before: readonly Problem[],
): void {
  const known = new Set(before.map((problem) => JSON.stringify(problem)));
  const problems = problemsOf({ projects: staging, templates })
    .map((problem) => ({ ...problem, file: problem.file.replace(shownPath(staging), shownPath(projects)) }))
    .filter((problem) => !known.has(JSON.stringify(problem)));
  if (problems.length === 0) return;
  const [, ...lines] = new ConfigError(problems).message.split('\n');
  throw new Refusal(
    ['nothing was made; the platform would refuse it as it comes from its template:', ...lines].join('\n'),
  );
}
