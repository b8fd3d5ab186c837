import { hasGpu } from './accelerator';

/** The learners of a kind, from the cheapest on, as far as this is about. */
export type Learners = Readonly<
  Record<
    string,
    {
      readonly train: string;
      readonly serve: string;
      readonly serve_gpu?: string | undefined;
      readonly weights: boolean;
    }
  >
>;

/** What decides which learners a training fits. */
export interface Training {
  readonly learners: Learners;
  readonly learner: string;
  /** Whether the learner is held against the cheaper one: `ignored` fits none. */
  readonly against: string;
}

/** Names of the Python environments of a training and of what comes of it; some are the same where the kind says so. */
export interface EnvironmentNames {
  readonly train: string;
  /** Serves: on a machine with a GPU the one that the kind has for that. */
  readonly serve: string;
  /** Preprocesses and evaluates, which needs no GPU: the one that serves on a CPU. */
  readonly process: string;
  /** Fits the cheaper learners; undefined where the model is held against none. */
  readonly cheaper: string | undefined;
}

/** The learner right before another: its environment fits all that must be beaten, itself and those before it. Undefined for the cheapest, and for one there is not. */
export function cheaperLearner(learners: Learners, learner: string): string | undefined {
  const names = Object.keys(learners);
  return names[names.indexOf(learner) - 1];
}

/** The learner whose environment fits the cheaper ones beside a training of its own, or undefined. */
export function fittedBeside({ learners, learner, against }: Training): string | undefined {
  return against === 'ignored' ? undefined : cheaperLearner(learners, learner);
}

/** Whether a training needs the files of a base model: its learner does, or the one that it is held against. */
export function needsWeights(training: Training): boolean {
  const names = [training.learner, fittedBeside(training)];
  return names.some((name) => name !== undefined && training.learners[name]?.weights === true);
}

/**
 * The Python environments that a training needs, and its model.
 *
 * @param servedOn instance type that serves
 * @returns undefined for a learner there is not
 */
export function environmentsOf(training: Training, servedOn: string): EnvironmentNames | undefined {
  const { learners, learner } = training;
  const chosen = learners[learner];
  if (!chosen) return undefined;
  const { train, serve, serve_gpu } = chosen;
  const cheaper = fittedBeside(training);
  return {
    train,
    serve: serve_gpu && hasGpu(servedOn) ? serve_gpu : serve,
    process: serve,
    cheaper: cheaper === undefined ? undefined : learners[cheaper]?.train,
  };
}
