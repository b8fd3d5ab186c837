import { testOrganisation } from '../../fixtures/organisation';

const organisation = testOrganisation();
const assembly = organisation.app.synth();
afterAll(() => organisation.remove());

interface Statement {
  readonly role: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly condition: Readonly<Record<string, Record<string, unknown>>> | undefined;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Every allowing statement of every policy of roles in dev; what delivery may do is told in delivery-role.test.ts and review-role.test.ts. */
const statements: Statement[] = assembly.stacks
  .filter(({ stackName }) => stackName.includes('dev'))
  .flatMap(({ template }) =>
    Object.entries<{ Type: string; Properties: Record<string, never> }>(template.Resources),
  )
  .filter(([id, { Type }]) => Type === 'AWS::IAM::Policy' && !/^(Delivery|Review)Role/.test(id))
  .flatMap(([role, { Properties }]) =>
    list(Reflect.get(Properties.PolicyDocument ?? {}, 'Statement')).map((statement) => {
      const { Action, Resource, Condition } = statement as Record<string, never>;
      return {
        role: role.replace(/DefaultPolicy.*/, ''),
        actions: list(Action).map(String),
        resources: list(Resource),
        condition: Condition,
      };
    }),
  );

/**
 * Actions that may be allowed on every resource, each because AWS knows no resource for it (Service Authorization
 * Reference). What is not here needs a resource.
 */
const WITHOUT_RESOURCE = new Set([
  'ecr:GetAuthorizationToken',
  // What scales, and by which rule: descriptions as well.
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  // It knows alarms, and tells of all kinds of them only to who may describe every one.
  'cloudwatch:DescribeAlarms',
  // Descriptions of EC2 change nothing.
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
  // Delivery of a state machine's log, as Step Functions documents it.
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

test('there are policies to look at', () => {
  expect(statements.length).toBeGreaterThan(50);
});

test('no action is allowed on every resource unless AWS knows no resource for it', () => {
  const everywhere = statements.filter(({ resources, condition }) => resources.includes('*') && !condition);

  expect(
    everywhere.flatMap(({ actions }) => actions).filter((action) => !WITHOUT_RESOURCE.has(action)),
  ).toEqual([]);
});

test('what is allowed on every resource under a condition are metrics of one namespace', () => {
  const conditional = statements.filter(({ resources, condition }) => resources.includes('*') && condition);

  expect(conditional.length).toBeGreaterThan(0);
  for (const { actions, condition } of conditional) {
    expect(actions).toEqual(['cloudwatch:PutMetricData']);
    expect(['MLOps', '/aws/sagemaker/*']).toContain(
      Object.values(condition ?? {}).map((test) => test['cloudwatch:namespace'])[0],
    );
  }
});

test('no action has a wildcard', () => {
  expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
});

test('a role is passed by its name, and to SageMaker only', () => {
  const passing = statements.filter(({ actions }) => actions.includes('iam:PassRole'));

  expect(passing.map(({ role }) => role).sort()).toEqual([
    'PipelinePipelineRole',
    'ReleaseModelHandlerRole',
    'StartMonitoringHandlerRole',
  ]);
  for (const { role, resources, condition } of passing) {
    expect([role, resources]).toEqual([role, [{ 'Fn::GetAtt': [expect.any(String), 'Arn'] }]]);
    expect(condition).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
  }
});

test('every key permission depends on the alias of the project', () => {
  const keys = statements.filter(({ actions }) => actions.some((action) => action.startsWith('kms:')));

  expect(keys.length).toBeGreaterThan(10);
  for (const { condition } of keys) {
    expect(condition?.['ForAnyValue:StringEquals']).toEqual({ 'kms:ResourceAliases': 'alias/mail-dev' });
  }
});

test('resources of SageMaker with a wildcard are those of this project, or the jobs of pipelines', () => {
  const names = statements
    .flatMap(({ resources }) => resources)
    .filter((resource) => typeof resource === 'string')
    .filter((resource) => resource.startsWith('arn:aws:sagemaker:') && resource.includes('*'))
    .map((resource) => resource.split(':').slice(5).join(':'));

  expect(new Set(names)).toEqual(
    new Set([
      'endpoint-config/mail-dev-v*',
      'model/mail-dev-v*',
      'model-package/mail-dev/*',
      'pipeline/mail-dev/execution/*',
      'processing-job/mail-dev-monitor-*',
      'processing-job/pipelines-*',
      'training-job/pipelines-*',
    ]),
  );
});

test('no role carries a policy of AWS, but the one that API Gateway asks for', () => {
  const managed = assembly.stacks.flatMap(({ stackName, template }) =>
    Object.entries<{ Properties?: { ManagedPolicyArns?: unknown[] } }>(template.Resources)
      .filter(([, { Properties }]) => (Properties?.ManagedPolicyArns ?? []).length > 0)
      .map(([id]) => `${stackName} ${id.replace(/[0-9A-F]{8}$/, '')}`),
  );

  expect(managed).toEqual(['dev-platform ApiLogRole', 'prod-platform ApiLogRole']);
});

test('every function has a role and a log group of its own', () => {
  const resources = assembly.stacks
    .filter(({ stackName }) => stackName.includes('mail-dev'))
    .flatMap(({ template }) =>
      Object.values<{ Type: string; Properties: Record<string, unknown> }>(template.Resources),
    );
  const functions = resources.filter(({ Type }) => Type === 'AWS::Lambda::Function');

  expect(functions.map(({ Properties }) => Properties.FunctionName).sort()).toEqual([
    'mail-dev-invoke-model',
    'mail-dev-list-targets',
    'mail-dev-record-feedback',
    'mail-dev-record-metrics',
    'mail-dev-release-model',
    'mail-dev-start-monitoring',
    'mail-dev-start-training',
    'mail-dev-tell-owner',
  ]);
  expect(new Set(functions.map(({ Properties }) => JSON.stringify(Properties.Role))).size).toBe(8);
  expect(new Set(functions.map(({ Properties }) => JSON.stringify(Properties.LoggingConfig))).size).toBe(8);
});
