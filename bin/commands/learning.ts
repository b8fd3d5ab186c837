import { join } from 'node:path';
import type { Project } from '../../lib/config/project';
import { baseModelOf } from '../../lib/config/used-base-models';
import { Refusal } from '../../operations/terminal/refusal';
import { fittedBeside } from '../../pipelines/learners';
import { environment } from '../../rehearsal/environments/environment';
import type { Tooling } from '../../rehearsal/environments/tooling';
import type { Learning } from '../../workbench/train/train';
import { fetchWeights } from '../../workbench/weights/fetch';
import { requireEnvironment } from './bundle';
import { standInsFor } from './image-stand-ins';

/**
 * The project with another learner in one environment.
 *
 * @param learner may be left out: then it is the one of project.yaml
 * @throws Refusal for a learner that the kind does not have
 */
export function withLearner(project: Project, name: string, learner: string | undefined): Project {
  const chosen = requireEnvironment(project, name);
  if (learner === undefined || learner === chosen.learner) return project;
  const known = Object.keys(project.kind.learners);
  if (!known.includes(learner)) {
    throw new Refusal(
      `--learner ${learner}: the kind ${project.kind.name} has no such learner · allowed: ${known.join(', ')}`,
    );
  }
  return { ...project, environments: { ...project.environments, [name]: { ...chosen, learner } } };
}

/**
 * Makes what a learner needs on this machine: the Python environments that it trains and answers in, and the weights that
 * it starts from.
 *
 * @param name environment of platform.yaml whose settings count
 */
export async function learningOf(
  project: Project,
  name: string,
  learner: string,
  tools: Tooling,
  say: (what: string) => void,
): Promise<Learning> {
  const { kind } = project;
  const needs = kind.learners[learner];
  if (!needs) throw new Refusal(`the kind ${kind.name} has no learner ${learner}`);
  const python = async (wanted: string): Promise<string> => {
    const declared = kind.environments[wanted];
    if (!declared) throw new Refusal(`${kind.folder}/kind.yaml declares no environment ${wanted}`);
    const home = { name: wanted, folder: join(project.folder, declared.folder), python: declared.python };
    const [standIn] = standInsFor([{ uri: wanted, environment: home }]);
    if (!standIn) throw new Refusal(`${home.folder}: has no lock`);
    say(`Python environment ${standIn.name}`);
    return (await environment(standIn, tools)).python;
  };
  const train = await python(needs.train);
  const serve = needs.serve === needs.train ? train : await python(needs.serve);
  if (!needs.weights) return { train, serve };
  const model = baseModelOf(project, { ...requireEnvironment(project, name), learner });
  if (!model)
    throw new Refusal(`${project.folder}: learner ${learner} starts from a base model, and none is named`);
  return { train, serve, weights: await fetchWeights(model, { tools, say }) };
}

/** The learner that a training is held against, where project.yaml does not say otherwise. */
export const cheaperOf = ({ kind, gate }: Project, learner: string): string | undefined =>
  fittedBeside({ learners: kind.learners, learner, against: gate.cheaper });
