import { needsWeights } from '../../pipelines/learners';
import type { BaseModel } from './base-models';
import { costlierNext } from './next-learner';
import type { Platform } from './platform';
import type { Project } from './project';

/**
 * The base model that a training in an environment starts from: the one it names, or else the first of the list.
 *
 * @returns undefined where neither its learner nor the one it is held against needs weights, or none is listed
 */
export function baseModelOf(
  { kind, gate, baseModels }: Pick<Project, 'kind' | 'gate' | 'baseModels'>,
  chosen: { readonly learner: string; readonly base_model?: string | undefined },
): BaseModel | undefined {
  const { learner, base_model: named } = chosen;
  if (!needsWeights({ learners: kind.learners, learner, against: gate.cheaper })) return undefined;
  return named === undefined ? Object.values(baseModels)[0] : baseModels[named];
}

/**
 * Base models that trainings in an environment start from, each once: those of its own learner, and of the costlier
 * learner of the next environment, which is tried out there first.
 */
export function modelsIn(platform: Platform, project: Project, environment: string): BaseModel[] {
  const trained = [project.environments[environment], costlierNext(platform, project, environment)];
  const models = trained.flatMap((chosen) => (chosen && baseModelOf(project, chosen)) ?? []);
  return [...new Map(models.map((model) => [model.hash, model])).values()];
}
