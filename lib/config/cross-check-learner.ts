import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { imageLock } from '../../pipelines/images';
import { environmentsOf, needsWeights } from '../../pipelines/learners';
import { notOneOf, type Problem, shownPath, withGiven } from './problems';
import type { Project, ProjectEnvironment, ProjectFile } from './project';
import { rule } from './rule';
import type { YamlFile } from './yaml-file';

/** What a learner needs of the project's folder: weights that it starts from, and the locks of its environments. */
export function learnerProblems(
  { project, file }: { readonly project: Project; readonly file: YamlFile<ProjectFile> },
  path: readonly string[],
  settings: ProjectEnvironment,
): Problem[] {
  const { kind, gate } = project;
  const { learner } = settings;
  const learners = Object.keys(kind.learners);
  const refuse = (key: string, message: string): Problem[] => [file.problem([...path, key], message)];
  if (!learners.includes(learner)) {
    return refuse('learner', notOneOf(`is no learner of ${kind.name}`, learner, learners));
  }
  const training = { learners: kind.learners, learner, against: gate.cheaper };
  const lacking = needsWeights(training)
    ? missingModel(project, settings)
    : uselessModel(settings.base_model, learner);
  const locks = missingLocks(project, environmentsOf(training, settings.serve.instance) ?? {});
  return [
    ...(lacking ? refuse(lacking.key, lacking.message) : []),
    ...locks.flatMap((message) => refuse('learner', withGiven(message, learner))),
  ];
}

interface Lacking {
  readonly key: 'base_model' | 'learner';
  readonly message: string;
}

function uselessModel(named: string | undefined, learner: string): Lacking | undefined {
  if (named === undefined) return undefined;
  const message = rule({
    wrong: `is for learners that start from weights, and ${learner} does not`,
    allowed: 'nothing here',
    remedy: 'leave base_model out, or change the learner',
  });
  return { key: 'base_model', message: withGiven(message, named) };
}

function missingModel(
  { kind, folder, baseModels }: Project,
  { learner, base_model: named }: ProjectEnvironment,
): Lacking | undefined {
  const known = Object.keys(baseModels);
  const list = shownPath(join(folder, kind.base_models ?? 'base_models.yaml'));
  if (known.length === 0) {
    const message = rule({
      wrong: `starts from weights, and ${list} lists none`,
      allowed: 'a learner without weights, or a base model in that file',
      remedy: `copy the file from templates/${kind.name}, or change the learner`,
    });
    return { key: 'learner', message: withGiven(message, learner) };
  }
  if (named === undefined || known.includes(named)) return undefined;
  return { key: 'base_model', message: notOneOf(`is not in ${list}`, named, known) };
}

/** A project made from an older template has no environments that came later. */
function missingLocks({ kind, folder, name }: Project, used: object): string[] {
  return [...new Set(Object.values(used))].flatMap((each) => {
    const declared = kind.environments[String(each)];
    if (!declared) return [];
    const environment = { ...declared, name: String(each), base: declared.base?.image };
    return [...new Set(['requirements.lock', imageLock(environment)])]
      .map((lock) => join(declared.folder, lock))
      .filter((lock) => !existsSync(join(folder, lock)))
      .map((lock) =>
        rule({
          wrong: `needs ${shownPath(join(folder, lock))}, which is not there`,
          allowed: 'a learner whose locks are',
          remedy: `copy ${declared.folder}/ from templates/${kind.name}, then: npm run lock -- ${name}`,
        }),
      );
  });
}
