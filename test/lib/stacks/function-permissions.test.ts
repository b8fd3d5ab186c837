import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

// The policy approves in dev, and the endpoint scales there, so that what does either is there as well.
const organisation = testOrganisation(({ project, write }) => {
  write(
    'platform.yaml',
    PLATFORM_YAML.replace('eu-west-1b] } }', 'eu-west-1b] }, approval: { model: auto } }'),
  );
  const declared = readFileSync(join(project, 'project.yaml'), 'utf8');
  write('mail/project.yaml', declared.replace('instances: 1', 'instances: { min: 1, max: 2 }'));
});
const assembly = organisation.app.synth();
afterAll(() => organisation.remove());

/** The IAM action that a command of the SDK needs; what is not here needs a look at its documentation. */
const ACTION_OF: Readonly<Record<string, string>> = {
  GetCommand: 'dynamodb:GetItem',
  GetItemCommand: 'dynamodb:GetItem',
  BatchWriteItemCommand: 'dynamodb:BatchWriteItem',
  PutCommand: 'dynamodb:PutItem',
  PutItemCommand: 'dynamodb:PutItem',
  UpdateCommand: 'dynamodb:UpdateItem',
  GetObjectCommand: 's3:GetObject',
  PutObjectCommand: 's3:PutObject',
  CopyObjectCommand: 's3:PutObject',
  ListObjectsV2Command: 's3:ListBucket',
  paginateListObjectsV2: 's3:ListBucket',
  PublishCommand: 'sns:Publish',
  PutMetricDataCommand: 'cloudwatch:PutMetricData',
  DescribeExecutionCommand: 'states:DescribeExecution',
  DescribeAlarmsCommand: 'cloudwatch:DescribeAlarms',
  paginateListPipelineExecutionSteps: 'sagemaker:ListPipelineExecutionSteps',
  ...Object.fromEntries(
    [
      'DeregisterScalableTarget',
      'DescribeScalableTargets',
      'DescribeScalingPolicies',
      'PutScalingPolicy',
      'RegisterScalableTarget',
    ].map((operation) => [`${operation}Command`, `application-autoscaling:${operation}`]),
  ),
  ...Object.fromEntries(
    [
      'CreateEndpoint',
      'CreateEndpointConfig',
      'CreateModel',
      'CreateProcessingJob',
      'DeleteEndpoint',
      'DescribeEndpoint',
      'DescribeEndpointConfig',
      'DescribeModel',
      'DescribeModelPackage',
      'DescribePipelineExecution',
      'DescribeProcessingJob',
      'InvokeEndpoint',
      'ListPipelineParametersForExecution',
      'StartPipelineExecution',
      'UpdateEndpoint',
      'UpdateModelPackage',
    ].map((operation) => [`${operation}Command`, `sagemaker:${operation}`]),
  ),
};

/** Needed beside a call: the key, the function's own log, the role it hands on, tags, its dead-letter queue. */
const BESIDE = /^(kms:|logs:|iam:PassRole|sagemaker:AddTags|sqs:SendMessage)/;

function calledBy(handler: string): string[] {
  const folder = join(__dirname, '../../../lambda', handler);
  const source = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const commands = [...source.matchAll(/new ([A-Z]\w+Command)\(|\b(paginate[A-Z]\w+)\(/g)];
  return commands.map(([, command, paginator]) => {
    const name = command ?? paginator ?? '';
    return ACTION_OF[name] ?? `unknown: ${name}`;
  });
}

function allowedTo(handler: string): string[] {
  const resources = assembly.stacks
    .filter(({ stackName }) => stackName.startsWith('mail-dev'))
    .flatMap(({ template }) =>
      Object.values<{ Type: string; Properties: Record<string, never> }>(template.Resources),
    );
  const own = resources.find(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' && Properties.FunctionName === `mail-dev-${handler}`,
  );
  const roleId: string = Reflect.get(own?.Properties.Role ?? {}, 'Fn::GetAtt')[0];
  return resources
    .filter(
      ({ Type, Properties }) =>
        Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles).includes(roleId),
    )
    .flatMap(
      ({ Properties }): Array<{ Action: string | string[] }> =>
        Reflect.get(Properties.PolicyDocument ?? {}, 'Statement'),
    )
    .flatMap(({ Action }) => Action)
    .filter((action) => !BESIDE.test(action));
}

const sorted = (actions: readonly string[]) => [...new Set(actions)].sort();

test.each([
  ['start-training', []],
  // What Application Auto Scaling does in its name, when it registers a target.
  [
    'release-model',
    [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:PutMetricAlarm',
      'iam:CreateServiceLinkedRole',
      'sagemaker:UpdateEndpointWeightsAndCapacities',
    ],
  ],
  ['invoke-model', []],
  ['record-feedback', []],
  ['list-targets', []],
  ['start-monitoring', []],
  ['tell-owner', []],
  ['approve-model', []],
  // Without it a report that is not there reads as one that may not be read.
  ['record-metrics', ['s3:ListBucket']],
])('%s may do what its code calls, and nothing else', (handler, extra) => {
  expect(sorted(allowedTo(handler))).toEqual(sorted([...calledBy(handler), ...extra]));
});
