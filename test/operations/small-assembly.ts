import type { Assembly, Resource, StackTemplate } from '../../operations/assembly/assembly';

/** A stack of resources, in dev of the project `mail` in Ireland unless it is said otherwise. */
export function stackOf(
  resources: Readonly<Record<string, Resource>>,
  other: Partial<StackTemplate> = {},
): StackTemplate {
  const { name = 'mail-dev-serving', environment = 'dev', project = 'mail', region = 'eu-west-1' } = other;
  return {
    name,
    environment: 'environment' in other ? other.environment : environment,
    project: 'project' in other ? other.project : project,
    region,
    template: { Resources: resources },
  };
}

/** An assembly of one stack. */
export const assemblyOf = (
  resources: Readonly<Record<string, Resource>>,
  other: Partial<StackTemplate> = {},
): Assembly => ({ stacks: [stackOf(resources, other)] });

/** The release function, which knows the endpoint. */
export const releaseFunction = (instance: string, min: number, max = min): Resource => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Environment: {
      Variables: {
        MODEL_ROLE_ARN: 'arn',
        INSTANCE_TYPE: instance,
        INSTANCES_MIN: String(min),
        INSTANCES_MAX: String(max),
      },
    },
  },
});

/** A SageMaker pipeline with one training, its definition joined around a reference as CDK writes it. */
export function trainingPipeline(training: object): Resource {
  const steps = [
    { Name: 'Train', Type: 'Training', Arguments: { RoleArn: 'ROLE', ...training } },
    { Name: 'Gate', Type: 'Condition', Arguments: {} },
  ];
  const [before, after] = JSON.stringify({ Steps: steps }).split('ROLE');
  const body = { 'Fn::Join': ['', [before, { 'Fn::GetAtt': ['Role', 'Arn'] }, after]] };
  return {
    Type: 'AWS::SageMaker::Pipeline',
    Properties: { PipelineDefinition: { PipelineDefinitionBody: body } },
  };
}
