import { Match, type Template } from 'aws-cdk-lib/assertions';
import { testOrganisation } from '../../fixtures/organisation';
import { PLATFORM_YAML } from '../../fixtures/project';

const organisation = testOrganisation();
const training = organisation.template('mail-dev-training');
const monitoring = organisation.template('mail-dev-monitoring');
afterAll(() => organisation.remove());

/** The pipeline's definition, with a mark for every reference. */
function definitionOf(template: Template) {
  const [pipeline] = Object.values(template.findResources('AWS::SageMaker::Pipeline'));
  const body = pipeline?.Properties.PipelineDefinition.PipelineDefinitionBody;
  const parts: unknown[] = body['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'reference')).join(''));
}

test('the pipeline is the definition of the project, as text for SageMaker', () => {
  training.hasResourceProperties('AWS::SageMaker::Pipeline', { PipelineName: 'mail-dev' });
  const definition = definitionOf(training);

  expect(definition.Steps.map(({ Name }: { Name: string }) => Name)).toEqual([
    'Preprocess',
    'Train',
    'ScoreChampion',
    'Evaluate',
    'Gate',
  ]);
  expect(definition.Steps[1].Arguments.ResourceConfig.InstanceType).toBe('ml.m5.large');
  expect(definition.Steps[1].Arguments.AlgorithmSpecification.TrainingImage).toMatch(
    /^000011112222\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/mail:linear-[0-9a-f]{16}$/,
  );
});

test('the start function knows what may start it, as literals', () => {
  training.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'mail-dev-start-training',
    Runtime: 'nodejs24.x',
    Environment: {
      Variables: {
        PIPELINE_NAME: 'mail-dev',
        ARTIFACTS_BUCKET: 'mail-dev-artifacts-111122223333-eu-west-1',
        OWNER_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:mail-dev-owner',
        RETRAIN_ON: 'merge,drift,quality,schedule',
        COOLDOWN_HOURS: '24',
      },
    },
  });
});

test.each(['drift', 'quality'])('the alarm %s starts a training with that reason', (reason) => {
  training.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.cloudwatch'],
      detail: { alarmName: [`mail-dev-${reason}`], state: { value: ['ALARM'] } },
    },
    Targets: [
      Match.objectLike({
        Input: JSON.stringify({ reason }),
        DeadLetterConfig: Match.anyValue(),
        RetryPolicy: Match.objectLike({ MaximumRetryAttempts: 3 }),
      }),
    ],
  });
});

test.each([
  ['cron(20 4 * * ? *)', 'tick'],
  ['cron(40 2 1 * ? *)', 'schedule'],
])('at %s the start function is asked: %s', (ScheduleExpression, reason) => {
  training.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression,
    Target: { Input: JSON.stringify({ reason }), DeadLetterConfig: Match.anyValue() },
  });
});

test('a project that never retrains by calendar has the daily tick only', () => {
  const never = testOrganisation(({ write }) => write('mail/project.yaml', PROJECT_WITHOUT_CALENDAR));
  const template = never.template('mail-dev-training');

  template.resourceCountIs('AWS::Scheduler::Schedule', 1);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { RETRAIN_ON: 'merge' } },
  });
  never.remove();
});

const PROJECT_WITHOUT_CALENDAR = `kind: email-classification@1
owner: mail@example.com
fields: [subject]
targets: [topic]
gate: { macro_f1: { topic: 0.8 } }
environments: { dev: { data: sample/, learner: linear } }
retrain: { every: never, on: [merge] }
`;

test.each([
  [
    'a model whose approval changed',
    { source: ['aws.sagemaker'], detail: { ModelPackageGroupName: ['mail-dev'] } },
  ],
  [
    'an execution that ended without a model',
    {
      source: ['aws.sagemaker'],
      detail: {
        pipelineArn: ['arn:aws:sagemaker:eu-west-1:111122223333:pipeline/mail-dev'],
        currentPipelineExecutionStatus: ['Failed', 'Stopped'],
      },
    },
  ],
  [
    'a release that ended',
    {
      source: ['aws.states'],
      detail: {
        stateMachineArn: ['arn:aws:states:eu-west-1:111122223333:stateMachine:mail-dev-release'],
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    },
  ],
])('%s is told to the owner', (_, pattern) => {
  training.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.objectLike(pattern),
    Targets: [
      Match.objectLike({
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TellOwner'), 'Arn'] },
        DeadLetterConfig: Match.anyValue(),
      }),
    ],
  });
});

test('a model waits for a person, unless the platform says that the policy approves', () => {
  const approver = { FunctionName: 'mail-dev-approve-model' };
  training.resourcePropertiesCountIs('AWS::Lambda::Function', approver, 0);
  training.hasOutput('ModelApproval', { Value: 'person' });

  const automatic = testOrganisation(({ write }) =>
    write(
      'platform.yaml',
      PLATFORM_YAML.replace('eu-west-1b] } }', 'eu-west-1b] }, approval: { model: auto } }'),
    ),
  );
  const template = automatic.template('mail-dev-training');
  template.resourcePropertiesCountIs('AWS::Lambda::Function', approver, 1);
  template.hasOutput('ModelApproval', { Value: 'auto' });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.sagemaker'],
      detail: { ModelPackageGroupName: ['mail-dev'], ModelApprovalStatus: ['PendingManualApproval'] },
    },
  });
  expect(
    automatic.template('mail-prod-training').findOutputs('ModelApproval', { Value: 'person' }),
  ).not.toEqual({});
  automatic.remove();
});

test.each([
  ['training', training],
  ['monitoring', monitoring],
])('what %s could not deliver is kept for two weeks, and an alarm says so', (what, template) => {
  template.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: `mail-dev-${what}-undelivered`,
    MessageRetentionPeriod: 14 * 24 * 60 * 60,
    SqsManagedSseEnabled: true,
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: `mail-dev-${what}-undelivered`,
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Threshold: 0,
  });
});

test('the monitor looks every hour', () => {
  monitoring.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(10 * * * ? *)' });
});

test('a monitoring job that ended, however it ended, is reported on; other jobs are not', () => {
  monitoring.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Processing Job State Change'],
      detail: {
        ProcessingJobName: [{ prefix: 'mail-dev-monitor-' }],
        ProcessingJobStatus: ['Completed', 'Failed', 'Stopped'],
      },
    },
  });
});

test.each([
  ['drift', 'DriftScore'],
  ['quality', 'QualityScore'],
])('%s is an alarm above 1, told to the owner, and silence is no alarm', (name, MetricName) => {
  monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: `mail-dev-${name}`,
    Namespace: 'MLOps',
    MetricName,
    Dimensions: Match.arrayWith([
      { Name: 'Environment', Value: 'dev' },
      { Name: 'Project', Value: 'mail' },
    ]),
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: ['arn:aws:sns:eu-west-1:111122223333:mail-dev-owner'],
  });
});

test('the heartbeat counts only while the model answers, so not before the first release', () => {
  monitoring.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'mail-dev-heartbeat',
    EvaluationPeriods: 3,
    Metrics: Match.arrayWith([
      Match.objectLike({ Expression: 'IF(answers > 0 AND FILL(runs, 0) < 1, 1, 0)' }),
      Match.objectLike({
        MetricStat: Match.objectLike({
          Metric: Match.objectLike({ Namespace: 'AWS/SageMaker', MetricName: 'Invocations' }),
        }),
      }),
    ]),
  });
});

test.each([
  [training, ['StartTrainingFunction', 'PipelineName', 'ModelApproval']],
  [monitoring, ['StartMonitoringFunction', 'RecordMetricsFunction', 'DriftAlarm']],
])('the outputs are those that delivery and the rehearsal read', (template, outputs) => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual(outputs.sort());
});
