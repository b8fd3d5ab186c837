/** What CodeBuild projects of the pipeline do. */
export interface Step {
  readonly name: StepName;

  /** For whoever finds it in the console. */
  readonly description: string;

  /** Commands after `npm ci`; PROJECT is set, and for steps of an environment ENVIRONMENT. */
  readonly commands: readonly string[];

  /** Variables that the commands export for later actions. */
  readonly exports: readonly string[];

  /** Whether the whole folder is handed on, without what `npm ci` brought. */
  readonly handsOn: boolean;

  /** Only Docker needs it. */
  readonly privileged: boolean;
  readonly compute: 'BUILD_GENERAL1_SMALL' | 'BUILD_GENERAL1_MEDIUM';
  readonly timeoutMinutes: number;
}

/** Steps that change an environment: each has a CodeBuild project an environment, for a role an environment. */
export type EnvironmentStepName = 'deploy' | 'train' | 'smoke';
export type StepName = 'update' | 'check' | 'image' | 'evidence' | EnvironmentStepName;

/** CodeBuild ends every build after 36 hours, and so does CodePipeline its action. */
const LONGEST_MINUTES = 36 * 60;

/** Minutes that the steps around the training job may take together: machines starting, scoring, evaluating. */
const AROUND_TRAINING_MINUTES = 5 * 60;

const usual = {
  exports: [],
  handsOn: false,
  privileged: false,
  compute: 'BUILD_GENERAL1_SMALL',
  timeoutMinutes: 60,
} as const;

/** Runs a step of `operations/delivery`. */
const deliver = (step: StepName) => `npm run --silent deliver -- ${step} "$PROJECT"`;

/**
 * The steps of a project's delivery; which CodeBuild projects run them is said in `builds.ts`.
 *
 * @param longestTrainingHours after how many hours the longest training is stopped
 */
export function deliverySteps(stack: string, longestTrainingHours: number): Record<StepName, Step> {
  const trainMinutes = Math.min(LONGEST_MINUTES, longestTrainingHours * 60 + AROUND_TRAINING_MINUTES);
  return {
    update: {
      ...usual,
      name: 'update',
      description: 'Brings this pipeline up to date with the commit',
      commands: [
        `npx cdk deploy ${stack} --exclusively --context "project=$PROJECT" --require-approval never --import-existing-resources --no-color --progress events`,
      ],
    },
    check: {
      ...usual,
      name: 'check',
      description: 'Checks the commit and synthesizes every template, with every gate on and no permission',
      commands: [
        'npm run --silent check',
        'npm run --silent synth -- --context "project=$PROJECT"',
        'node bin/run.cjs mlops tools pytest "projects/$PROJECT"',
      ],
      handsOn: true,
      compute: 'BUILD_GENERAL1_MEDIUM',
    },
    image: {
      ...usual,
      name: 'image',
      description: 'Builds the images whose tags are missing',
      commands: [deliver('image')],
      privileged: true,
    },
    evidence: {
      ...usual,
      name: 'evidence',
      description: 'Gathers what whoever approves should know',
      commands: [
        `SUMMARY="$(${deliver('evidence')} "$ENVIRONMENT")" && export SUMMARY && printf '%s\\n' "$SUMMARY"`,
      ],
      exports: ['SUMMARY'],
    },
    deploy: {
      ...usual,
      name: 'deploy',
      description: 'Deploys the project’s stacks in an environment',
      commands: [`${deliver('deploy')} "$ENVIRONMENT"`],
      timeoutMinutes: 180,
    },
    train: {
      ...usual,
      name: 'train',
      description: 'Starts a training and waits for what the gate says',
      commands: [`${deliver('train')} "$ENVIRONMENT"`],
      timeoutMinutes: trainMinutes,
    },
    smoke: {
      ...usual,
      name: 'smoke',
      description: 'Tries the next environment’s learner on a few rows',
      commands: [`${deliver('smoke')} "$ENVIRONMENT"`],
      timeoutMinutes: 120,
    },
  };
}

/** The buildspec of a step, as CodeBuild reads it. @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
export function buildspecOf(step: Step) {
  return {
    version: 0.2,
    env: {
      shell: 'bash',
      ...(step.exports.length > 0 && { 'exported-variables': [...step.exports] }),
    },
    phases: {
      install: {
        'runtime-versions': { nodejs: 22, python: 3.11 },
        commands: ['npm ci --no-audit --no-fund'],
      },
      build: { commands: [...step.commands] },
    },
    ...(step.handsOn && {
      artifacts: { files: ['**/*'], 'exclude-paths': ['node_modules/**/*', '.rehearsal/**/*', '.git/**/*'] },
    }),
    cache: { paths: ['/root/.npm/**/*'] },
  };
}
