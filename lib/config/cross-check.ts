import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { learnerProblems } from './cross-check-learner';
import { acceleratorProblem, instanceProblem, servingProblem } from './instances';
import { MAX_BUCKET_NAME, MAX_PROJECT_NAME, namesOf } from './names';
import type { Platform } from './platform';
import { notOneOf, type Problem, withGiven } from './problems';
import type { Project, ProjectEnvironment, ProjectFile } from './project';
import { type Rule, rule } from './rule';
import { readStamp, STAMP_FILE } from './stamp';
import type { YamlFile } from './yaml-file';

/**
 * What names of projects consist of: they name image repositories, too, which take no two hyphens in a row.
 *
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
const PROJECT_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

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
    ...renameProblems(one),
    ...columnProblems(one),
    ...environmentProblems(one, platform),
  ]);
}

function nameProblems({ project, file }: Checked, platform: Platform, all: readonly string[]): Problem[] {
  const { name } = project;
  const message = nameProblem(name, platform, all);
  if (!message) return [];
  const wrong = `the name of the folder ${message.wrong}`;
  return [file.problem([], withGiven(rule({ ...message, wrong, remedy: 'rename the folder' }), name))];
}

/** A folder with another name is a second project: nothing in AWS is renamed with it. */
function renameProblems({ project, file }: Checked): Problem[] {
  const made = readStamp(project.folder)?.project;
  if (made === undefined || made === project.name) return [];
  const message = rule({
    wrong: 'the folder has another name than the project was made with; all of the first one would run on',
    allowed: made,
    remedy:
      `name it ${made} again; or, if it was never deployed or is to be a second project, set "project" in ` +
      `${join(project.folder, STAMP_FILE)}, and take away the first one with: npm run remove -- ${made}`,
  });
  return [file.problem([], withGiven(message, project.name))];
}

/**
 * Why a project cannot have this name on a platform, or undefined when it can.
 *
 * @param all names of all projects of the platform, with or without this one
 */
export function nameProblem(
  name: string,
  platform: Platform,
  all: readonly string[],
): Pick<Rule, 'wrong' | 'allowed'> | undefined {
  if (!PROJECT_NAME.test(name) || name.length < 2 || name.length > MAX_PROJECT_NAME) {
    return {
      wrong: 'is not the name of a project',
      allowed: `2 to ${MAX_PROJECT_NAME} lower-case letters, digits and single hyphens, a letter first`,
    };
  }
  const reserved = ['cdk', 'mlops'].find((word) => name === word || name.startsWith(`${word}-`));
  if (reserved) {
    return {
      wrong: 'begins like the names of the platform itself',
      allowed: `a name that does not begin with ${reserved}`,
    };
  }
  const tooLong = Object.entries(platform.environments)
    .map(([environment, { account, region }]) => namesOf({ project: name, environment, account, region }))
    .find(({ artifactsBucket }) => artifactsBucket.length > MAX_BUCKET_NAME);
  if (tooLong) {
    const spare = name.length - (tooLong.artifactsBucket.length - MAX_BUCKET_NAME);
    return {
      wrong: `makes a bucket name of more than ${MAX_BUCKET_NAME} characters`,
      allowed: `up to ${spare} characters here`,
    };
  }
  // A role of `mail` in `dev` may touch `mail-dev-*`; a project `mail-dev-x` would lie within its reach. So would
  // `mail-delivery-x` within the reach of what delivers `mail`, where one account is all.
  const reach = [...Object.keys(platform.environments), 'delivery']
    .flatMap((environment) => all.map((other) => ({ other, prefix: `${other}-${environment}-` })))
    .find(({ other, prefix }) => other !== name && `${name}-`.startsWith(prefix));
  if (reach) {
    return {
      wrong: `lies within the names of project ${reach.other}`,
      allowed: `a name without ${reach.prefix}`,
    };
  }
  return undefined;
}

function columnProblems({ project, file }: Checked): Problem[] {
  const { fields, targets, gate, abstain } = project;
  const both = fields.filter((field) => targets.includes(field));
  const gated = Object.keys(gate.macro_f1);
  const abstaining = typeof abstain.accuracy === 'number' ? [] : Object.keys(abstain.accuracy);
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
    ...abstaining
      .filter((target) => !targets.includes(target))
      .map((target) =>
        file.problem(['abstain', 'accuracy', target], notOneOf('is not a target', target, targets)),
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
  return Object.entries(project.environments).flatMap(([name, settings]) => {
    const { data } = settings;
    const path = ['environments', name];
    const problems: Problem[] = [];
    if (!known.includes(name)) {
      problems.push(file.problem(path, notOneOf('is no environment of platform.yaml', name, known)));
    }
    if (!data.startsWith('s3://') && !existsSync(join(project.folder, data))) {
      const message = rule({
        wrong: 'does not exist',
        allowed: 'a folder of the project, or s3://bucket/prefix/',
      });
      problems.push(file.problem([...path, 'data'], withGiven(message, data)));
    }
    problems.push(...learnerProblems({ project, file }, path, settings));
    return [...problems, ...machineProblems({ project, file }, path, settings, platform)];
  });
}

/** Machines that cannot do what they are asked for, or may not. */
function machineProblems(
  { project, file }: Checked,
  path: readonly string[],
  { train, serve, learner }: ProjectEnvironment,
  { guardrails }: Platform,
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (key: readonly string[], message: string | undefined) => {
    if (message) problems.push(file.problem([...path, ...key], message));
  };
  refuse(['train', 'instance'], instanceProblem(train.instance, 'training', guardrails));
  refuse(['train', 'instance'], acceleratorProblem(project, learner, train.instance));
  refuse(['serve', 'instance'], instanceProblem(serve.instance, 'hosting', guardrails));
  refuse(['serve', 'instance'], servingProblem(project, learner, serve.instance));
  if (serve.release === 'canary' && serve.instances.min < 2) {
    const message = rule({
      wrong: 'is a canary on one instance, which cannot take a part of the requests',
      allowed: 'canary with 2 instances or more, all_at_once with any number',
      remedy: 'write instances: 2, or release: all_at_once',
    });
    refuse(['serve', 'release'], withGiven(message, serve.release));
  }
  return problems;
}
