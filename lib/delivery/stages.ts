import type { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import type { DeliveryNames } from '../config/names';
import type { EnvironmentStepName, StepName } from './steps';

/** An environment that delivery goes through. */
export interface DeliveredEnvironment {
  readonly name: string;

  /** What delivery may do there. */
  readonly roleArn: string;

  /** What may be read there before an approval. */
  readonly reviewRoleArn: string;

  /** Whether a person approves before its stacks are changed. */
  readonly approval: boolean;

  /** Whether the learner of the environment after this one costs more, and is tried here first. */
  readonly smoke: boolean;
}

export interface StagesSpec {
  readonly connectionArn: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly branch: string;
  readonly environments: readonly DeliveredEnvironment[];

  /** What CodeBuild projects and stages are called. */
  readonly names: Pick<DeliveryNames, 'approval' | 'build' | 'stage'>;
  readonly ownerTopicArn: string;

  /** Where a person reads the whole evidence. */
  readonly evidenceUrl: string;
}

type Stage = CfnPipeline.StageDeclarationProperty;
type Action = CfnPipeline.ActionDeclarationProperty;

/** Name of the source action: triggers name it, variables begin with it. */
export const SOURCE = 'Source';

/** What the Check action hands on: the source and its `cdk.out`. */
const ASSEMBLY = 'Assembly';

/**
 * The stages, in order:
 *
 *     Source → Update → Check → Image → for each environment: [approval →] deploy → train [→ smoke]
 *
 * An approval is a stage of its own: while a run waits there, the next merge goes through the environments before it.
 */
export function stagesOf(spec: StagesSpec): Stage[] {
  return [
    { name: SOURCE, actions: [source(spec)] },
    { name: 'Update', actions: [build(spec, 'update', { input: SOURCE })] },
    { name: 'Check', actions: [build(spec, 'check', { input: SOURCE, output: ASSEMBLY })] },
    { name: 'Image', actions: [build(spec, 'image', { input: ASSEMBLY })] },
    ...spec.environments.flatMap((environment) => [
      ...(environment.approval ? [approvalStage(spec, environment)] : []),
      environmentStage(spec, environment),
    ]),
  ];
}

function source({ connectionArn, repository, branch }: StagesSpec): Action {
  return {
    name: SOURCE,
    namespace: SOURCE,
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
    configuration: {
      ConnectionArn: connectionArn,
      FullRepositoryId: repository,
      BranchName: branch,
      OutputArtifactFormat: 'CODE_ZIP',
      // The trigger does, and only where a path matches.
      DetectChanges: 'false',
    },
    outputArtifacts: [{ name: SOURCE }],
    runOrder: 1,
  };
}

/** What is done in an environment, in this order. */
export function stepsIn({ smoke }: Pick<DeliveredEnvironment, 'smoke'>): EnvironmentStepName[] {
  return ['deploy', 'train', ...(smoke ? (['smoke'] as const) : [])];
}

function environmentStage(spec: StagesSpec, environment: DeliveredEnvironment): Stage {
  return {
    name: spec.names.stage(environment.name),
    actions: stepsIn(environment).map((step, index) =>
      build(spec, step, {
        input: ASSEMBLY,
        runOrder: index + 1,
        project: spec.names.build(step, environment.name),
        acting: { environment: environment.name, roleArn: environment.roleArn },
      }),
    ),
  };
}

function approvalStage(spec: StagesSpec, environment: DeliveredEnvironment): Stage {
  const namespace = `${spec.names.stage(environment.name)}Evidence`;
  const { stage, action } = spec.names.approval(environment.name);
  return {
    name: stage,
    actions: [
      {
        ...build(spec, 'evidence', {
          input: ASSEMBLY,
          acting: { environment: environment.name, roleArn: environment.reviewRoleArn },
        }),
        namespace,
      },
      {
        name: action,
        actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
        configuration: {
          NotificationArn: spec.ownerTopicArn,
          ExternalEntityLink: spec.evidenceUrl,
          // With its variables filled in, at most 1,000 characters.
          CustomData: `Stacks of ${environment.name}, commit #{${SOURCE}.CommitId} by #{${SOURCE}.AuthorEmail}, who may not approve it. #{${namespace}.SUMMARY}`,
        },
        runOrder: 2,
      },
    ],
  };
}

function build(
  spec: StagesSpec,
  step: StepName,
  options: {
    readonly input: string;
    readonly output?: string;
    readonly runOrder?: number;
    /** @default - the step's only project */
    readonly project?: string;
    readonly acting?: { readonly environment: string; readonly roleArn: string };
  },
): Action {
  const { acting } = options;
  const variables = {
    COMMIT: `#{${SOURCE}.CommitId}`,
    AUTHOR: `#{${SOURCE}.AuthorEmail}`,
    EXECUTION: '#{codepipeline.PipelineExecutionId}',
    ...(acting && { ENVIRONMENT: acting.environment, DELIVERY_ROLE_ARN: acting.roleArn }),
  };
  return {
    name: spec.names.stage(step),
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: {
      ProjectName: options.project ?? spec.names.build(step),
      EnvironmentVariables: JSON.stringify(
        Object.entries(variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
      ),
    },
    inputArtifacts: [{ name: options.input }],
    ...(options.output && { outputArtifacts: [{ name: options.output }] }),
    runOrder: options.runOrder ?? 1,
  };
}
