import type { PermissionQuestion } from './options';
import type { Fields } from './service-model';
import type { Caller } from './world';

type Arn = (kind: string, name: string) => string;

/** Kind of ARN and naming member of each resource, longest name first so that a model package is no model. */
const NOUNS: ReadonlyArray<readonly [noun: string, kind: string, member: string]> = [
  ['ModelPackageGroup', 'model-package-group', 'ModelPackageGroupName'],
  ['ModelPackage', 'model-package', 'ModelPackageName'],
  ['EndpointConfig', 'endpoint-config', 'EndpointConfigName'],
  ['ProcessingJob', 'processing-job', 'ProcessingJobName'],
  ['TrainingJob', 'training-job', 'TrainingJobName'],
  ['Pipeline', 'pipeline', 'PipelineName'],
  ['Endpoint', 'endpoint', 'EndpointName'],
  ['Model', 'model', 'ModelName'],
];

/**
 * What IAM is asked before an operation: the action on its resources, and what comes with it, handing over a role and
 * tagging what is created.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function questions(operation: string, input: Fields, caller: Caller, arn: Arn): PermissionQuestion[] {
  const resources = resourcesOf(operation, input, arn);
  const types = STARTS_MACHINES.test(operation) ? instanceTypes(input) : [];
  const asked: PermissionQuestion[] = resources.map((resource) => ({
    caller,
    action: `sagemaker:${operation}`,
    resource,
    ...(types.length > 0 && { context: { 'sagemaker:InstanceTypes': types } }),
  }));
  const creates = operation.startsWith('Create');
  const role = input.RoleArn ?? input.ExecutionRoleArn;
  if (typeof role === 'string' && (creates || operation === 'UpdatePipeline')) {
    asked.push({ caller, action: 'iam:PassRole', resource: role });
  }
  const tagged = Array.isArray(input.Tags) && input.Tags.length > 0;
  // Pipelines tag each job and group they create, whether the definition says so or not.
  const byPipeline = caller?.startsWith('role:') && /(Job|ModelPackageGroup)$/.test(operation);
  if (creates && (tagged || byPipeline)) {
    asked.push({ caller, action: 'sagemaker:AddTags', resource: resources[0] ?? '*' });
  }
  return asked;
}

/** Operations whose permission may depend on the machines they start. */
const STARTS_MACHINES = /^Create(TrainingJob|ProcessingJob|EndpointConfig)$/;

/** Every instance type that a request names, wherever it does. */
function instanceTypes(input: unknown): string[] {
  if (Array.isArray(input)) return input.flatMap(instanceTypes);
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    key === 'InstanceType' ? [String(value)] : instanceTypes(value),
  );
}

function resourcesOf(operation: string, input: Fields, arn: Arn): string[] {
  if (typeof input.ResourceArn === 'string') return [input.ResourceArn];
  if (typeof input.PipelineExecutionArn === 'string') return [input.PipelineExecutionArn];
  if (typeof input.ModelPackageArn === 'string') return [input.ModelPackageArn];
  if (operation === 'CreateModelPackage' || operation === 'ListModelPackages') {
    return [
      input.ModelPackageGroupName ? arn('model-package', `${plain(input.ModelPackageGroupName)}/*`) : '*',
    ];
  }
  if (operation === 'StartPipelineExecution' || operation === 'ListPipelineExecutions') {
    return [named('pipeline', input.PipelineName, arn)];
  }
  const noun = NOUNS.find(([name]) => operation.endsWith(name));
  if (!noun) return ['*'];
  const own = named(noun[1], input[noun[2]], arn);
  const usesConfig = operation === 'CreateEndpoint' || operation === 'UpdateEndpoint';
  return usesConfig ? [own, named('endpoint-config', input.EndpointConfigName, arn)] : [own];
}

const named = (kind: string, nameOrArn: unknown, arn: Arn): string =>
  String(nameOrArn).startsWith('arn:') ? String(nameOrArn) : arn(kind, String(nameOrArn));

/** The name in a name or an ARN. */
export const plain = (nameOrArn: unknown): string =>
  String(nameOrArn).startsWith('arn:') ? String(nameOrArn).replace(/^[^/]*\//, '') : String(nameOrArn);
