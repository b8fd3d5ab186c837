/** A CodePipeline as CloudFormation hands it over: references resolved, names as the template writes them. */
export interface PipelineDefinition {
  readonly name: string;
  /** Counts the definitions, as CodePipeline does. */
  readonly version: number;
  readonly roleArn: string;
  readonly restartOnUpdate: boolean;
  readonly store: { readonly bucket: string; readonly key?: string };
  readonly stages: readonly StageDefinition[];
  /** Push filters, as they are declared; nothing here pushes. */
  readonly triggers: readonly unknown[];
}

export interface StageDefinition {
  readonly name: string;
  readonly actions: readonly ActionDefinition[];
}

export interface ActionDefinition {
  readonly name: string;
  readonly category: string;
  readonly provider: Provider;
  readonly configuration: Readonly<Record<string, string>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly runOrder: number;
  /** Under which the action's variables are known. @default - they are known to nobody */
  readonly namespace?: string;
}

/** Providers that are played. */
const PROVIDERS = ['CodeStarSourceConnection', 'CodeBuild', 'Manual'] as const;
type Provider = (typeof PROVIDERS)[number];

/** What each level of the definition may hold; anything else would be passed over, and is refused. */
const KNOWN = {
  pipeline: [
    'Name',
    'RoleArn',
    'Stages',
    'ArtifactStore',
    'PipelineType',
    'ExecutionMode',
    'Triggers',
    'RestartExecutionOnUpdate',
    'Tags',
  ],
  stage: ['Name', 'Actions'],
  action: [
    'Name',
    'ActionTypeId',
    'Configuration',
    'InputArtifacts',
    'OutputArtifacts',
    'RunOrder',
    'Namespace',
    'Region',
    'TimeoutInMinutes',
  ],
} as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the properties of an `AWS::CodePipeline::Pipeline`.
 *
 * @throws Error that names what is not played, rather than passing it over
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
 */
export function readDefinition(properties: Fields, version: number): PipelineDefinition {
  const name = String(properties.Name);
  only(properties, KNOWN.pipeline, `pipeline ${name}`);
  if (properties.PipelineType !== 'V2' || properties.ExecutionMode !== 'QUEUED') {
    throw notPlayed(
      `pipeline ${name} of type ${String(properties.PipelineType)} and mode ${String(properties.ExecutionMode)}`,
      'type V2 in mode QUEUED',
    );
  }
  const store = fields(properties.ArtifactStore);
  const key = fields(store.EncryptionKey).Id;
  return {
    name,
    version,
    roleArn: String(properties.RoleArn),
    restartOnUpdate: properties.RestartExecutionOnUpdate === true,
    store: { bucket: String(store.Location), ...(key !== undefined && { key: String(key) }) },
    stages: list(properties.Stages).map(readStage),
    triggers: list(properties.Triggers),
  };
}

function readStage(stage: Fields): StageDefinition {
  const name = String(stage.Name);
  only(stage, KNOWN.stage, `stage ${name}`);
  return { name, actions: list(stage.Actions).map((action) => readAction(name, action)) };
}

function readAction(stage: string, action: Fields): ActionDefinition {
  const name = String(action.Name);
  only(action, KNOWN.action, `action ${stage}/${name}`);
  const type = fields(action.ActionTypeId);
  const provider = PROVIDERS.find((each) => each === type.Provider);
  if (!provider)
    throw notPlayed(
      `provider ${String(type.Provider)} of action ${stage}/${name}`,
      `one of ${PROVIDERS.join(', ')}`,
    );
  const named = (key: string) => list(action[key]).map((artifact) => String(artifact.Name));
  return {
    name,
    category: String(type.Category),
    provider,
    configuration: Object.fromEntries(
      Object.entries(fields(action.Configuration)).map(([key, value]) => [key, String(value)]),
    ),
    inputs: named('InputArtifacts'),
    outputs: named('OutputArtifacts'),
    runOrder: Number(action.RunOrder ?? 1),
    ...(action.Namespace !== undefined && { namespace: String(action.Namespace) }),
  };
}

function only(given: Fields, known: readonly string[], where: string): void {
  const [other] = Object.keys(given).filter((key) => !known.includes(key));
  if (other) throw notPlayed(`${other} of ${where}`, known.join(', '));
}

const notPlayed = (what: string, allowed: string): Error =>
  new Error(`${what} is not played; allowed: ${allowed}; change it, or teach rehearsal/delivery to play it`);

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
