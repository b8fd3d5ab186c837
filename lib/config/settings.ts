import { cheaperLearner } from '../../pipelines/learners';
import { ABSTAIN_ACCURACY, type Project } from './project';
import { baseModelOf } from './used-base-models';

/** Rows of captured traffic that one statistic of the monitor is made of. */
const MONITOR_WINDOW = 500;

/** Seed of every random choice of the steps: the same code and data give the same model. */
const SEED = 17;

/** Share of the rows that is held out for the gate. */
const TEST_SHARE = 0.15;

/** `settings.json` of the code bundle: all that the Python steps know of the project. */
export interface LearnerSettings {
  readonly project: string;
  readonly environment: string;
  /** `name@version`. */
  readonly kind: string;
  readonly learner: string;
  /** Those of the kind, the cheapest first. */
  readonly learners: readonly string[];
  /** The one before `learner`; null for the cheapest. */
  readonly cheaper: string | null;
  /** What a training starts from; null where no learner of it needs weights. */
  readonly base_model: { readonly name: string; readonly hash: string } | null;
  /** Settings of the learner that are tried before it is fitted. */
  readonly tune: number;
  readonly fields: readonly string[];
  readonly targets: readonly string[];
  readonly gate: Project['gate'];
  /** By target, the share of given answers that must be right, 0 to 1; 0 never abstains. */
  readonly abstain: Readonly<Record<string, number>>;
  readonly monitor: { readonly window: number };
  readonly seed: number;
  /** 0 to 1. */
  readonly test_share: number;
}

/** What the Python steps of `project` get to know in `environment`; fails for an environment it does not run in. */
export function learnerSettings(project: Project, environment: string): LearnerSettings {
  const chosen = project.environments[environment];
  if (!chosen) {
    const known = Object.keys(project.environments).join(', ');
    throw new Error(`project ${project.name} does not run in ${environment} · allowed: ${known}`);
  }
  const { kind, targets, abstain } = project;
  const base = baseModelOf(project, chosen);
  const accuracy = (target: string): number =>
    typeof abstain.accuracy === 'number' ? abstain.accuracy : (abstain.accuracy[target] ?? ABSTAIN_ACCURACY);
  return {
    project: project.name,
    environment,
    kind: `${kind.name}@${kind.version}`,
    learner: chosen.learner,
    learners: Object.keys(kind.learners),
    cheaper: cheaperLearner(kind.learners, chosen.learner) ?? null,
    base_model: base ? { name: base.name, hash: base.hash } : null,
    tune: chosen.train.tune,
    fields: project.fields,
    targets,
    gate: project.gate,
    abstain: Object.fromEntries(targets.map((target) => [target, accuracy(target)])),
    monitor: { window: MONITOR_WINDOW },
    seed: SEED,
    test_share: TEST_SHARE,
  };
}
