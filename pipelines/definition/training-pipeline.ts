import { createHash } from 'node:crypto';
import { PIPELINE_PARAMETERS, REFUSED_STEP, UNKNOWN_AUTHOR } from '../../lambda/start-training/contract';
import { get, join, jsonGet, outputOf, type PipelineDefinition, parameter, type Step } from './language';
import type { TrainingPipelineSpec } from './spec';
import { processing, training, weights } from './steps';

/**
 * The training pipeline of one project in one environment.
 *
 *     Preprocess → Train, ScoreChampion, FitCheaper → Evaluate → Gate → Register | Refused
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
    Steps: [
      preprocess(spec),
      train(spec),
      scoreChampion(spec),
      ...(spec.cheaper ? [fitCheaper(spec, spec.cheaper)] : []),
      evaluate(spec),
      gate(spec),
    ],
  };
}

/**
 * Hash of what shapes the model besides code and data: another image, instance or base model is a reason to train again.
 * Spare capacity is not: the same machine computes the same. Nor is the cheaper learner, which only judges.
 */
export function definitionHash(spec: TrainingPipelineSpec): string {
  const { trainImage, serveImage, processImage, process } = spec;
  const { instance, maxHours, weights: startsFrom } = spec.train;
  const trainOn = { instance, maxHours, startsFrom };
  return createHash('sha256')
    .update(JSON.stringify({ trainImage, serveImage, processImage, trainOn, process }))
    .digest('hex');
}

const preprocess = (spec: TrainingPipelineSpec) =>
  processing(spec, {
    name: 'Preprocess',
    image: spec.processImage,
    file: 'preprocess.py',
    inputs: [{ name: 'data', uri: parameter('DataUri'), type: 'ManifestFile' }],
    outputs: ['train', 'test', 'report'],
    // What is late is told by it. Joined, since a variable of an environment is a text.
    environment: { STARTED_AT: join('', get('Execution.StartDateTime')) },
  });

const train = (spec: TrainingPipelineSpec) =>
  training(spec, {
    name: 'Train',
    inputs: [{ name: 'train', uri: outputOf('Preprocess', 'train') }, ...weights(spec, spec.train.weights)],
  });

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

/** The cheaper learners learn the same rows, and the best of them answers the same test rows: what costs more must be better. */
const fitCheaper = (spec: TrainingPipelineSpec, cheaper: NonNullable<TrainingPipelineSpec['cheaper']>) =>
  processing(spec, {
    name: 'FitCheaper',
    image: cheaper.image,
    file: 'cheaper.py',
    inputs: [
      { name: 'train', uri: outputOf('Preprocess', 'train') },
      { name: 'test', uri: outputOf('Preprocess', 'test') },
      ...weights(spec, cheaper.weights),
    ],
    outputs: ['cheaper'],
  });

const evaluate = (spec: TrainingPipelineSpec) =>
  processing(spec, {
    name: 'Evaluate',
    image: spec.processImage,
    file: 'evaluate.py',
    inputs: [
      { name: 'model', uri: get('Steps.Train.ModelArtifacts.S3ModelArtifacts') },
      { name: 'test', uri: outputOf('Preprocess', 'test') },
      { name: 'champion', uri: outputOf('ScoreChampion', 'predictions') },
      { name: 'report', uri: outputOf('Preprocess', 'report') },
      ...(spec.cheaper ? [{ name: 'cheaper', uri: outputOf('FitCheaper', 'cheaper') }] : []),
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
      ModelQuality: { Statistics: json('evaluation', 'evaluation.json') },
    },
    DriftCheckBaselines: {
      ModelDataQuality: { Statistics: json('baseline', 'statistics.json') },
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
      report: evaluated('evaluation', 'report.html'),
    },
    // No Tags: a versioned package carries those of its group, and SageMaker refuses any of its own.
  },
});

const json = (output: string, file: string) => ({
  ContentType: 'application/json',
  S3Uri: evaluated(output, file),
});

/** A file that Evaluate wrote; the prefix ends with a slash already. */
const evaluated = (output: string, file: string) => join('', outputOf('Evaluate', output), file);
