import type { Project } from './project';

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
  readonly fields: readonly string[];
  readonly targets: readonly string[];
  readonly gate: Project['gate'];
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
  return {
    project: project.name,
    environment,
    kind: `${project.kind.name}@${project.kind.version}`,
    learner: chosen.learner,
    fields: project.fields,
    targets: project.targets,
    gate: project.gate,
    monitor: { window: MONITOR_WINDOW },
    seed: SEED,
    test_share: TEST_SHARE,
  };
}
