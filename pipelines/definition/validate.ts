import { hasLocalStorage } from '../instance-storage';

/**
 * Says what is wrong with a pipeline definition, as far as that can be known before it runs; empty means valid.
 *
 * AWS publishes a JSON schema, but it refuses definitions that its own SDK writes (`Std:JsonGet`, `PropertyFiles`),
 * so these are the documented rules themselves.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps.html
 */
export function validateDefinition(definition: unknown): string[] {
  if (!isObject(definition)) return ['the definition must be a JSON object'];
  const faults: string[] = [];
  if (definition.Version !== '2020-12-01') {
    faults.push(`Version must be "2020-12-01", got ${JSON.stringify(definition.Version)}`);
  }
  const parameters = checkParameters(definition.Parameters, faults);
  const steps = flatten(definition.Steps, faults);
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const step of steps) {
    checkShape(step, faults);
    checkReferences(step, byName, parameters, faults);
    checkJobRules(step, faults);
  }
  checkCycles(steps, byName, faults);
  return faults;
}

interface FlatStep {
  readonly name: string;
  readonly type: string;
  readonly body: Json;
  /** The Condition this step stands in a branch of. */
  readonly parent: string | undefined;
  /** Names of the steps this one waits for: by reference, by DependsOn, or by standing in a Condition's branch. */
  readonly waitsFor: Set<string>;
}

type Json = Readonly<Record<string, unknown>>;

const STEP_TYPES = [
  'AutoML',
  'Callback',
  'ClarifyCheck',
  'Condition',
  'EMR',
  'EMRServerless',
  'Fail',
  'Lambda',
  'Model',
  'Processing',
  'QualityCheck',
  'RegisterModel',
  'Training',
  'Transform',
  'Tuning',
];
const NAME = /^[A-Za-z0-9\-_]{1,64}$/;
const EXECUTION_VARIABLES = [
  'StartDateTime',
  'CurrentDateTime',
  'PipelineName',
  'PipelineArn',
  'PipelineExecutionId',
  'PipelineExecutionArn',
  'TrainingJobName',
  'ProcessingJobName',
];

function checkParameters(parameters: unknown, faults: string[]): Set<string> {
  const names = new Set<string>();
  const jsTypes: Record<string, string> = {
    String: 'string',
    Integer: 'number',
    Float: 'number',
    Boolean: 'boolean',
  };
  for (const parameter of asList(parameters)) {
    const { Name: name, Type: type, DefaultValue: value } = parameter;
    if (typeof name !== 'string' || !NAME.test(name))
      faults.push(`parameter name ${JSON.stringify(name)} must match ${NAME}`);
    else if (names.has(name)) faults.push(`parameter ${name} is declared twice`);
    else names.add(name);
    const jsType = typeof type === 'string' ? jsTypes[type] : undefined;
    if (!jsType)
      faults.push(
        `parameter ${name} has type ${JSON.stringify(type)}, allowed: ${Object.keys(jsTypes).join(', ')}`,
      );
    else if (value !== undefined && typeof value !== jsType) {
      faults.push(`parameter ${name} is a ${type}, its default is ${JSON.stringify(value)}`);
    }
  }
  if (names.size > 200) faults.push(`a pipeline has at most 200 parameters, got ${names.size}`);
  return names;
}

function flatten(steps: unknown, faults: string[], parent?: FlatStep): FlatStep[] {
  if (!Array.isArray(steps) || (steps.length === 0 && !parent)) {
    faults.push('Steps must be a list with at least one step');
    return [];
  }
  const flat: FlatStep[] = [];
  for (const body of asList(steps)) {
    const step: FlatStep = {
      name: String(body.Name),
      type: String(body.Type),
      body,
      parent: parent?.name,
      waitsFor: new Set(),
    };
    if (parent) step.waitsFor.add(parent.name);
    flat.push(step);
    if (step.type !== 'Condition') continue;
    if (parent)
      faults.push(
        `${step.name}: a Condition step must not stand in a branch of another Condition (${parent.name})`,
      );
    const branches = isObject(step.body.Arguments) ? step.body.Arguments : {};
    flat.push(
      ...flatten(branches.IfSteps ?? [], faults, step),
      ...flatten(branches.ElseSteps ?? [], faults, step),
    );
  }
  if (!parent) {
    const seen = new Set<string>();
    for (const { name } of flat) {
      if (seen.has(name)) faults.push(`step name ${name} is used twice; names are unique, in branches too`);
      seen.add(name);
    }
  }
  return flat;
}

function checkShape({ name, type, body }: FlatStep, faults: string[]): void {
  if (!NAME.test(name)) faults.push(`step name ${JSON.stringify(name)} must match ${NAME}`);
  if (!STEP_TYPES.includes(type))
    faults.push(`${name}: step type ${type} is unknown, allowed: ${STEP_TYPES.join(', ')}`);
  if (!isObject(body.Arguments)) faults.push(`${name}: Arguments must be an object`);
  const outputs = outputNames(body);
  for (const file of asList(body.PropertyFiles)) {
    if (!outputs.includes(String(file.OutputName))) {
      faults.push(
        `${name}: property file ${file.PropertyFileName} names output ${file.OutputName}, the step has ${outputs.join(', ') || 'none'}`,
      );
    }
  }
  for (const policy of asList(body.RetryPolicies)) {
    if (policy.MaxAttempts !== undefined && policy.ExpireAfterMin !== undefined) {
      faults.push(`${name}: a retry policy has MaxAttempts or ExpireAfterMin, not both`);
    }
  }
}

function checkReferences(
  step: FlatStep,
  steps: ReadonlyMap<string, FlatStep>,
  parameters: ReadonlySet<string>,
  faults: string[],
): void {
  const own = { ...step.body, Arguments: ownArguments(step) };
  for (const reference of references(own)) {
    const [root = '', name = '', ...path] = reference.split('.');
    if (root === 'Parameters') {
      if (!parameters.has(name)) faults.push(`${step.name}: parameter ${name} is not declared`);
    } else if (root === 'Execution') {
      if (!EXECUTION_VARIABLES.includes(name))
        faults.push(`${step.name}: Execution.${name} is unknown, allowed: ${EXECUTION_VARIABLES.join(', ')}`);
    } else if (root === 'Steps') {
      const target = steps.get(name);
      if (!target) faults.push(`${step.name}: ${reference} names no step`);
      else if (target.type === 'Fail')
        faults.push(`${step.name}: ${reference} names a Fail step, which has no properties`);
      else {
        checkPath(step.name, target, path.join('.'), faults);
        step.waitsFor.add(name);
      }
    } else if (root !== 'PipelineExperimentConfig') {
      faults.push(
        `${step.name}: ${reference} must begin with Parameters, Execution, Steps or PipelineExperimentConfig`,
      );
    }
  }
  if (step.type !== 'Condition' && JSON.stringify(own).includes('"Std:JsonGet"')) {
    faults.push(`${step.name}: Std:JsonGet is read inside a Condition only`);
  }
  for (const name of asStrings(step.body.DependsOn)) {
    const target = steps.get(name);
    if (!target) faults.push(`${step.name}: DependsOn names ${name}, which is no step`);
    else if (target.type === 'Fail')
      faults.push(`${step.name}: DependsOn must not name a Fail step (${name})`);
    else step.waitsFor.add(name);
  }
}

function checkPath(from: string, target: FlatStep, path: string, faults: string[]): void {
  const output = /^ProcessingOutputConfig\.Outputs\['([^']+)'\]/.exec(path)?.[1];
  if (output && !outputNames(target.body).includes(output)) {
    faults.push(
      `${from}: step ${target.name} has no output ${output}, it has ${outputNames(target.body).join(', ')}`,
    );
  }
  const file = /^PropertyFiles\.(.+)$/.exec(path)?.[1];
  const files = asList(target.body.PropertyFiles).map((entry) => String(entry.PropertyFileName));
  if (file && !files.includes(file)) {
    faults.push(
      `${from}: step ${target.name} has no property file ${file}, it has ${files.join(', ') || 'none'}`,
    );
  }
}

/** Rules of the job APIs that SageMaker would find only when the step runs. */
function checkJobRules({ name, type, body }: FlatStep, faults: string[]): void {
  const args = isObject(body.Arguments) ? body.Arguments : {};
  const cluster = at(args, 'ProcessingResources', 'ClusterConfig') ?? at(args, 'ResourceConfig') ?? {};
  if (cluster.VolumeKmsKeyId !== undefined && hasLocalStorage(String(cluster.InstanceType))) {
    faults.push(
      `${name}: ${cluster.InstanceType} has local storage and takes no VolumeKmsKeyId; leave the key out`,
    );
  }
  if (type === 'Processing') {
    for (const list of [asList(args.ProcessingInputs), asList(at(args, 'ProcessingOutputConfig')?.Outputs)]) {
      if (list.length > 10)
        faults.push(`${name}: a processing job has at most 10 inputs and 10 outputs, got ${list.length}`);
    }
  }
  if (type !== 'Training') return;
  if (asList(args.InputDataConfig).length > 20)
    faults.push(`${name}: a training job has at most 20 channels`);
  for (const [key, value] of Object.entries(at(args, 'HyperParameters') ?? {})) {
    if (typeof value === 'number' || typeof value === 'boolean')
      faults.push(`${name}: hyperparameter ${key} must be a string, got ${value}`);
  }
  const stop = at(args, 'StoppingCondition');
  if (args.EnableManagedSpotTraining === true) {
    if (Number(stop?.MaxWaitTimeInSeconds ?? 0) < Number(stop?.MaxRuntimeInSeconds ?? 0)) {
      faults.push(`${name}: spot training needs MaxWaitTimeInSeconds of at least MaxRuntimeInSeconds`);
    }
    if (!args.CheckpointConfig)
      faults.push(`${name}: spot training needs a CheckpointConfig, or an interruption loses all`);
  }
}

function checkCycles(
  steps: readonly FlatStep[],
  byName: ReadonlyMap<string, FlatStep>,
  faults: string[],
): void {
  const done = new Set<string>();
  const visit = (step: FlatStep, path: readonly string[]): boolean => {
    if (path.includes(step.name)) {
      faults.push(
        `steps wait for each other: ${[...path.slice(path.indexOf(step.name)), step.name].join(' → ')}`,
      );
      return true;
    }
    if (done.has(step.name)) return false;
    const found = [...step.waitsFor].some((name) => {
      const next = byName.get(name);
      return next !== undefined && visit(next, [...path, step.name]);
    });
    done.add(step.name);
    return found;
  };
  steps.some((step) => visit(step, []));
}

/** A Condition's branches are steps of their own; only its conditions belong to it. */
function ownArguments({ type, body }: FlatStep): unknown {
  if (type !== 'Condition' || !isObject(body.Arguments)) return body.Arguments;
  return body.Arguments.Conditions;
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  if (typeof value.Get === 'string' && Object.keys(value).length === 1) return [value.Get];
  return Object.values(value).flatMap(references);
}

function outputNames(body: Json): string[] {
  const config = isObject(body.Arguments) ? at(body.Arguments, 'ProcessingOutputConfig') : undefined;
  return asList(config?.Outputs).map((output) => String(output.OutputName));
}

function at(value: Json, ...path: string[]): Json | undefined {
  let current: unknown = value;
  for (const key of path) current = isObject(current) ? current[key] : undefined;
  return isObject(current) ? current : undefined;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const asStrings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
