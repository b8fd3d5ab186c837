import { createHash } from 'node:crypto';
import { PIPELINE_PARAMETERS, REFUSED_STEP, UNKNOWN_AUTHOR } from '../../lambda/start-training/contract';
import { get, join, jsonGet, outputOf, type PipelineDefinition, parameter, type Step } from './language';
import type { TrainingPipelineSpec } from './spec';
import { processing, training } from './steps';

/**
 * The training pipeline of one project in one environment.
 *
 *     Preprocess → Train → ScoreChampion → Evaluate → Gate → Register | Refused
 *
 * Evaluate decides (`gate.passed` in evaluation.json) and explains itself (its exit message); the pipeline only reads.
 */
export function trainingPipeline(spec: TrainingPipelineSpec): PipelineDefinition {
  return {
    Version: '2020-12-01',
    Metadata: { project: spec.project, environment: spec.environment },
    Parameters: PIPELINE_PARAMETERS.map((name) => ({
      Name: name,
      Type: 'String' as const,
      ...(name === 'Author' && { DefaultValue: UNKNOWN_AUTHOR }),
    })),
    PipelineExperimentConfig: null,
    Steps: [preprocess(spec), train(spec), scoreChampion(spec), evaluate(spec), gate(spec)],
  };
}

/**
 * Hash of what shapes the model besides code and data: another image or instance is a reason to train again. Spare
 * capacity is not: the same machine computes the same.
 */
export function definitionHash(spec: TrainingPipelineSpec): string {
  const { trainImage, serveImage, process } = spec;
  const { instance, maxHours } = spec.train;
  const trainOn = { instance, maxHours };
  return createHash('sha256')
    .update(JSON.stringify({ trainImage, serveImage, trainOn, process }))
    .digest('hex');
}

const preprocess = (spec: TrainingPipelineSpec) =>
  processing(spec, {
    name: 'Preprocess',
    image: spec.trainImage,
    file: 'preprocess.py',
    inputs: [{ name: 'data', uri: parameter('DataUri'), type: 'ManifestFile' }],
    outputs: ['train', 'test', 'report'],
  });

const train = (spec: TrainingPipelineSpec) =>
  training(spec, { name: 'Train', inputs: [{ name: 'train', uri: outputOf('Preprocess', 'train') }] });

/** The champion answers this run's test rows in its own image: an old model need not load in a new one. */
const scoreChampion = (spec: TrainingPipelineSpec) =>
  processing(spec, {
    name: 'ScoreChampion',
    image: parameter('ChampionImage'),
    file: 'score.py',
    inputs: [
      { name: 'model', uri: parameter('ChampionModelUri') },
      { name: 'test', uri: outputOf('Preprocess', 'test') },
    ],
    outputs: ['predictions'],
  });

const evaluate = (spec: TrainingPipelineSpec) =>
  processing(spec, {
    name: 'Evaluate',
    image: spec.serveImage,
    file: 'evaluate.py',
    inputs: [
      { name: 'model', uri: get('Steps.Train.ModelArtifacts.S3ModelArtifacts') },
      { name: 'test', uri: outputOf('Preprocess', 'test') },
      { name: 'champion', uri: outputOf('ScoreChampion', 'predictions') },
    ],
    outputs: ['evaluation', 'baseline'],
    propertyFile: { name: 'EvaluationReport', output: 'evaluation', path: 'evaluation.json' },
  });

const gate = (spec: TrainingPipelineSpec): Step => ({
  Name: 'Gate',
  Type: 'Condition',
  Arguments: {
    Conditions: [
      {
        Type: 'Equals',
        LeftValue: jsonGet('Evaluate', 'EvaluationReport', 'gate.passed'),
        RightValue: true,
      },
    ],
    IfSteps: [register(spec)],
    ElseSteps: [
      {
        Name: REFUSED_STEP,
        Type: 'Fail',
        Arguments: { ErrorMessage: join(' ', 'The gate', get('Steps.Evaluate.ExitMessage')) },
      },
    ],
  },
});

const register = (spec: TrainingPipelineSpec): Step => ({
  Name: 'Register',
  Type: 'RegisterModel',
  Arguments: {
    ModelPackageGroupName: spec.modelPackageGroup,
    // Always pending: a package created as approved emits no approval event, so nothing would release it.
    ModelApprovalStatus: 'PendingManualApproval',
    ModelPackageDescription: get('Steps.Evaluate.ExitMessage'),
    InferenceSpecification: {
      Containers: [
        { Image: spec.serveImage, ModelDataUrl: get('Steps.Train.ModelArtifacts.S3ModelArtifacts') },
      ],
      SupportedContentTypes: ['application/json'],
      SupportedResponseMIMETypes: ['application/json'],
      SupportedRealtimeInferenceInstanceTypes: [spec.serve.instance],
    },
    ModelMetrics: {
      ModelQuality: { Statistics: json(outputOf('Evaluate', 'evaluation'), 'evaluation.json') },
    },
    DriftCheckBaselines: {
      ModelDataQuality: { Statistics: json(outputOf('Evaluate', 'baseline'), 'statistics.json') },
    },
    MetadataProperties: {
      CommitId: parameter('Commit'),
      GeneratedBy: get('Execution.PipelineExecutionArn'),
    },
    // Values are 1–256 characters of letters, digits, spaces and _.:/=+-@: no sentence fits here.
    CustomerMetadataProperties: {
      fingerprint: parameter('Fingerprint'),
      codeHash: parameter('CodeHash'),
      dataVersion: parameter('DataVersion'),
      commit: parameter('Commit'),
      author: parameter('Author'),
      champion: parameter('ChampionArn'),
      reason: parameter('Reason'),
      execution: get('Execution.PipelineExecutionId'),
    },
    // No Tags: a versioned package carries those of its group, and SageMaker refuses any of its own.
  },
});

const json = (prefix: ReturnType<typeof outputOf>, file: string) => ({
  ContentType: 'application/json',
  // The prefix ends with a slash already.
  S3Uri: join('', prefix, file),
});
