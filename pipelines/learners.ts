/** The learners of a kind as far as their order counts: a kind lists them from the cheapest on. */
export type Learners = Readonly<Record<string, { readonly weights?: boolean | undefined }>>;

/** The learner that a learner must beat: the one before it. Undefined for the cheapest, and for one there is not. */
export function cheaperLearner(learners: Learners, learner: string): string | undefined {
  const names = Object.keys(learners);
  return names[names.indexOf(learner) - 1];
}

/** What decides which learners a training fits. */
export interface Training {
  readonly learners: Learners;
  readonly learner: string;
  /** Whether the learner is held against the cheaper one: `ignored` fits none. */
  readonly against: string;
}

/** The cheaper learner that a training fits beside its own, or undefined. */
export function fittedBeside({ learners, learner, against }: Training): string | undefined {
  return against === 'ignored' ? undefined : cheaperLearner(learners, learner);
}

/** Whether a training needs the files of a base model: its learner does, or the one that it is held against. */
export function needsWeights(training: Training): boolean {
  const names = [training.learner, fittedBeside(training)];
  return names.some((name) => name !== undefined && training.learners[name]?.weights === true);
}
