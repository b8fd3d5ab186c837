import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_BUCKET_NAME, MAX_PROJECT_NAME, namesOf } from './names';
import type { Platform } from './platform';
import { notOneOf, type Problem, withGiven } from './problems';
import type { Project, ProjectFile } from './project';
import { rule } from './rule';
import type { YamlFile } from './yaml-file';

interface Checked {
  readonly project: Project;
  readonly file: YamlFile<ProjectFile>;
}

/** What no schema of one file can know: names between files, and what must be in a project's folder. */
export function crossCheck(
  platform: Platform,
  checked: readonly Checked[],
  all: readonly string[],
): Problem[] {
  return checked.flatMap((one) => [
    ...nameProblems(one, platform, all),
    ...columnProblems(one),
    ...environmentProblems(one, platform),
  ]);
}

function nameProblems({ project, file }: Checked, platform: Platform, all: readonly string[]): Problem[] {
  const { name } = project;
  const refuse = (wrong: string, allowed: string) =>
    file.problem([], withGiven(rule({ wrong, allowed, remedy: 'rename the folder' }), name));

  if (!/^[a-z][a-z0-9-]*$/.test(name) || name.length > MAX_PROJECT_NAME || name.endsWith('-')) {
    const allowed = `up to ${MAX_PROJECT_NAME} lower-case letters, digits and hyphens, a letter first`;
    return [refuse('the name of the folder is not the name of a project', allowed)];
  }
  const tooLong = Object.entries(platform.environments)
    .map(([environment, { account, region }]) => namesOf({ project: name, environment, account, region }))
    .find(({ artifactsBucket }) => artifactsBucket.length > MAX_BUCKET_NAME);
  if (tooLong) {
    const spare = name.length - (tooLong.artifactsBucket.length - MAX_BUCKET_NAME);
    return [
      refuse(
        `makes a bucket name of more than ${MAX_BUCKET_NAME} characters`,
        `up to ${spare} characters here`,
      ),
    ];
  }
  // A role of `mail` in `dev` may touch `mail-dev-*`; a project `mail-dev-x` would lie within its reach.
  const reach = Object.keys(platform.environments)
    .flatMap((environment) => all.map((other) => ({ other, prefix: `${other}-${environment}-` })))
    .find(({ other, prefix }) => other !== name && `${name}-`.startsWith(prefix));
  if (reach) {
    return [refuse(`lies within the names of project ${reach.other}`, `a name without ${reach.prefix}`)];
  }
  return [];
}

function columnProblems({ project, file }: Checked): Problem[] {
  const { fields, targets, gate } = project;
  const both = fields.filter((field) => targets.includes(field));
  const gated = Object.keys(gate.macro_f1);
  return [
    ...both.map((column) =>
      file.problem(
        ['fields'],
        withGiven(rule({ wrong: 'reads a column it predicts', allowed: 'fields or targets' }), column),
      ),
    ),
    ...gated
      .filter((target) => !targets.includes(target))
      .map((target) =>
        file.problem(['gate', 'macro_f1', target], notOneOf('is not a target', target, targets)),
      ),
    ...targets
      .filter((target) => !gated.includes(target))
      .map((target) =>
        file.problem(
          ['gate', 'macro_f1'],
          withGiven(
            rule({ wrong: `has no bound for ${target}`, allowed: 'a bound for every target' }),
            undefined,
          ),
        ),
      ),
  ];
}

function environmentProblems({ project, file }: Checked, platform: Platform): Problem[] {
  const known = Object.keys(platform.environments);
  const learners = Object.keys(project.kind.learners);
  return Object.entries(project.environments).flatMap(([name, { learner, data }]) => {
    const path = ['environments', name];
    const problems: Problem[] = [];
    if (!known.includes(name)) {
      problems.push(file.problem(path, notOneOf('is no environment of platform.yaml', name, known)));
    }
    if (!learners.includes(learner)) {
      const wrong = `is no learner of ${project.kind.name}`;
      problems.push(file.problem([...path, 'learner'], notOneOf(wrong, learner, learners)));
    }
    if (!data.startsWith('s3://') && !existsSync(join(project.folder, data))) {
      const message = rule({
        wrong: 'does not exist',
        allowed: 'a folder of the project, or s3://bucket/prefix/',
      });
      problems.push(file.problem([...path, 'data'], withGiven(message, data)));
    }
    return problems;
  });
}
