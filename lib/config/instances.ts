import picomatch from 'picomatch';
import { hasAccelerator, hasGpu } from '../../pipelines/accelerator';
import { hasLocalStorage } from '../../pipelines/instance-storage';
import known from './instances.json';
import type { Platform } from './platform';
import { notOneOf, withGiven } from './problems';
import type { Project } from './project';
import { rule } from './rule';

/** What a machine is for: SageMaker has a list of types for each. */
export type InstanceUse = 'training' | 'hosting';

/**
 * What is wrong with an instance type for a use under the guard rails, or undefined.
 *
 * The types are SageMaker's own (`instances.json`, from the enumerations of its API), so that a typing error is found
 * here and not an hour later in a deployment.
 */
export function instanceProblem(
  type: string,
  use: InstanceUse,
  guardrails: Platform['guardrails'],
): string | undefined {
  if (!known[use].includes(type)) {
    const near = notOneOf(`is no instance type for ${use}`, type, known[use]);
    const suggestion = near.split(' · ').find((part) => part.startsWith('did you mean'));
    const message = rule({
      wrong: `is no instance type for ${use}`,
      allowed: 'one of those of SageMaker, such as ml.m5.large',
      ...(suggestion && { remedy: suggestion }),
    });
    return withGiven(message, type);
  }
  if (!picomatch.isMatch(type, [...guardrails.instances])) {
    const message = rule({
      wrong: 'is not allowed by the guard rails of platform.yaml',
      allowed: guardrails.instances.join(', '),
      remedy: 'choose one of these, or ask the owner of the platform to add it to guardrails.instances',
    });
    return withGiven(message, type);
  }
  if (guardrails.volume_key === 'required' && hasLocalStorage(type)) {
    const message = rule({
      wrong: "has local drives, which take no customer's key, and guardrails.volume_key is required",
      allowed: 'an instance with EBS volumes only, such as ml.m5.large',
      remedy: 'choose one, or set volume_key: where_possible: local drives are encrypted by hardware',
    });
    return withGiven(message, type);
  }
  return undefined;
}

/** What is wrong with training a learner of this kind on an instance type, or undefined. */
export function acceleratorProblem(project: Project, learner: string, type: string): string | undefined {
  const wanted = project.kind.learners[learner]?.accelerator;
  if (wanted === 'cpu' && hasAccelerator(type)) {
    const message = rule({
      wrong: `has a GPU that learner ${learner} does not use`,
      allowed: 'an instance without one, such as ml.m5.xlarge',
      remedy: 'change train.instance, or the learner',
    });
    return withGiven(message, type);
  }
  if (wanted === 'gpu' && !hasGpu(type)) {
    const message = rule({
      wrong: `has no GPU, which learner ${learner} needs`,
      allowed: 'an instance with one, such as ml.g5.2xlarge',
      remedy: 'change train.instance, or the learner',
    });
    return withGiven(message, type);
  }
  return undefined;
}

/** What is wrong with serving a learner of this kind on an instance type, or undefined. */
export function servingProblem(project: Project, learner: string, type: string): string | undefined {
  const chosen = project.kind.learners[learner];
  if (!chosen || !hasAccelerator(type) || (chosen.serve_gpu && hasGpu(type))) return undefined;
  const where = chosen.serve_gpu ? 'a CPU or a GPU' : 'a CPU only';
  const message = rule({
    wrong: `has a GPU or another accelerator, and learner ${learner} answers on ${where}`,
    allowed: 'an instance without one, such as ml.m5.large',
    remedy: 'change serve.instance, or the learner to one with serve_gpu in its kind',
  });
  return withGiven(message, type);
}
