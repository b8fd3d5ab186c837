import { Match } from 'aws-cdk-lib/assertions';
import { testOrganisation } from '../../fixtures/organisation';

const organisation = testOrganisation();
const assembly = organisation.app.synth();
const serving = organisation.template('mail-dev-serving');
afterAll(() => organisation.remove());

test('an approval starts the release machine with the package it is about', () => {
  serving.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      detail: {
        ModelPackageGroupName: ['mail-dev'],
        ModelApprovalStatus: ['Approved'],
        UpdatedModelPackageFields: ['ModelApprovalStatus'],
      },
    },
    Targets: [
      Match.objectLike({
        InputTransformer: {
          InputPathsMap: { 'detail-ModelPackageArn': '$.detail.ModelPackageArn' },
          InputTemplate: '{"reason":"approval","packageArn":<detail-ModelPackageArn>}',
        },
        DeadLetterConfig: Match.anyValue(),
      }),
    ],
  });
});

test('a run that died is taken up; one that failed is not, since it would fail again', () => {
  serving.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      detail: {
        status: ['ABORTED', 'TIMED_OUT'],
        stateMachineArn: ['arn:aws:states:eu-west-1:111122223333:stateMachine:mail-dev-release'],
      },
    },
    Targets: [Match.objectLike({ Input: '{"reason":"resume"}' })],
  });
});

test('the release machine logs every step, and traces it', () => {
  serving.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineName: 'mail-dev-release',
    LoggingConfiguration: { Level: 'ALL' },
    TracingConfiguration: { Enabled: true },
  });
});

test('the release function knows the settings of the endpoint', () => {
  serving.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'mail-dev-release-model',
    Environment: {
      Variables: {
        ENDPOINT_NAME: 'mail-dev',
        INSTANCE_TYPE: 'ml.m5.large',
        INSTANCES_MIN: '1',
        INSTANCES_MAX: '1',
        RELEASE: 'all_at_once',
        APPROVAL: 'person',
        CAPTURE_URI: 's3://mail-dev-records-111122223333-eu-west-1/capture',
        KEY_ARN: 'arn:aws:kms:eu-west-1:111122223333:alias/mail-dev',
        SUBNET_IDS: { 'Fn::Join': ['', [{ Ref: Match.anyValue() }, ',', { Ref: Match.anyValue() }]] },
        TAGS: JSON.stringify({
          'cost-center': 'ml',
          'mlops:environment': 'dev',
          'mlops:owner': 'customer-care@example.com',
          'mlops:project': 'mail',
        }),
      },
    },
  });
});

test('prod has its own settings', () => {
  organisation.template('mail-prod-serving').hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { ENDPOINT_NAME: 'mail-prod', INSTANCES_MIN: '2' } },
  });
});

describe('what is declared of a project reaches AWS', () => {
  const declared = testOrganisation(({ write }) =>
    write(
      'mail/project.yaml',
      `kind: email-classification@1
owner: mail@example.com
fields: [subject]
targets: [topic]
gate: { macro_f1: { topic: 0.8 } }
environments:
  dev:
    data: sample/
    learner: linear
    train: { instance: ml.m5.xlarge, spot: true, max_hours: 4 }
    serve: { instance: ml.m5.large, instances: { min: 2, max: 6 }, release: canary, bake_minutes: 15 }
api:
  consumers:
    crm: { principal: "arn:aws:iam::777788889999:role/crm", requests_per_second: 30 }
    web: { principal: "arn:aws:iam::777788889999:role/web" }
`,
    ),
  );
  const template = declared.template('mail-dev-serving');
  afterAll(() => declared.remove());

  test('a canary, its minutes, its alarms and the instances between which it scales', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'mail-dev-release-model',
      Environment: {
        Variables: {
          INSTANCES_MIN: '2',
          INSTANCES_MAX: '6',
          // Half of what each of six must bear when callers ask for 50 a second: 50 / 6 × 0.5 × 60.
          INVOCATIONS_PER_INSTANCE: '250',
          RELEASE: 'canary',
          BAKE_MINUTES: '15',
          ROLLBACK_ALARMS: 'mail-dev-endpoint-errors,mail-dev-endpoint-latency',
        },
      },
    });
    for (const AlarmName of ['mail-dev-endpoint-errors', 'mail-dev-endpoint-latency']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmName,
        Namespace: 'AWS/SageMaker',
        Dimensions: [
          { Name: 'EndpointName', Value: 'mail-dev' },
          { Name: 'VariantName', Value: 'AllTraffic' },
        ],
        TreatMissingData: 'notBreaching',
      });
    }
  });

  test('the API admits what all consumers together may ask for, and the same again at once', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 })],
    });
  });

  test('only an endpoint that scales may be registered to scale', () => {
    const registers = Match.objectLike({
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(['application-autoscaling:RegisterScalableTarget']) }),
        ]),
      },
    });
    template.resourcePropertiesCountIs('AWS::IAM::Policy', registers, 1);
    serving.resourcePropertiesCountIs('AWS::IAM::Policy', registers, 0);
  });

  test('a job on spare capacity keeps its checkpoints, and may delete no other object', () => {
    const training = declared.template('mail-dev-training');
    const [pipeline] = Object.values(training.findResources('AWS::SageMaker::Pipeline'));
    expect(JSON.stringify(pipeline)).toContain('EnableManagedSpotTraining');
    training.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:DeleteObject',
            Resource: 'arn:aws:s3:::mail-dev-artifacts-111122223333-eu-west-1/checkpoints/*',
          }),
        ]),
      },
    });
  });
});

test('every method is signed, and the body of those that have one is checked', () => {
  const methods = Object.values(serving.findResources('AWS::ApiGateway::Method'));

  expect(methods.map(({ Properties }) => Properties.HttpMethod).sort()).toEqual(['GET', 'POST', 'POST']);
  for (const { Properties } of methods) {
    expect(Properties).toMatchObject({
      AuthorizationType: 'AWS_IAM',
      RequestValidatorId: expect.anything(),
      ...(Properties.HttpMethod === 'POST' && { RequestModels: { 'application/json': expect.anything() } }),
    });
  }
});

test('the stage is throttled and logs who asked, never what', () => {
  serving.hasResourceProperties('AWS::ApiGateway::Stage', {
    StageName: 'live',
    AccessLogSetting: { Format: Match.stringLikeRegexp('identity.userArn') },
    MethodSettings: [
      Match.objectLike({ DataTraceEnabled: false, ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 }),
    ],
  });
});

test('consumers are named in the policy of the API', () => {
  serving.hasResourceProperties('AWS::ApiGateway::RestApi', {
    Policy: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::777788889999:role/crm' },
          Action: 'execute-api:Invoke',
          Resource: [
            'execute-api:/live/GET/v1/targets',
            'execute-api:/live/POST/v1/feedback',
            'execute-api:/live/POST/v1/predictions',
          ],
        },
      ],
    },
  });
});

test('without consumers only identities of the account can call, by their own policies', () => {
  const alone = testOrganisation(({ write }) =>
    write(
      'mail/project.yaml',
      `kind: email-classification@1
owner: mail@example.com
fields: [subject]
targets: [topic]
gate: { macro_f1: { topic: 0.8 } }
environments: { dev: { data: sample/, learner: linear } }
`,
    ),
  );

  alone
    .template('mail-dev-serving')
    .hasResourceProperties('AWS::ApiGateway::RestApi', { Policy: Match.absent() });
  alone.remove();
});

test('a release reads of the artifacts what evaluations say, and nothing else', () => {
  const policies = Object.values(serving.findResources('AWS::IAM::Policy'));
  const reads = policies
    .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('ReleaseModel'))
    .flatMap(
      ({ Properties }): Array<{ Action: unknown; Resource: unknown }> => Properties.PolicyDocument.Statement,
    )
    .filter(({ Action }) => JSON.stringify(Action).includes('s3:'));

  expect(reads).toEqual([
    expect.objectContaining({
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::mail-dev-artifacts-111122223333-eu-west-1/runs/*/evaluation/*',
    }),
  ]);
});

test('a model may write captured records and nothing else of the records bucket', () => {
  serving.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 's3:PutObject',
          Resource: 'arn:aws:s3:::mail-dev-records-111122223333-eu-west-1/capture/mail-dev/*',
        }),
      ]),
    },
  });
});

test.each([
  ['mail-dev-api-5xx', Match.objectLike({ Ref: Match.stringLikeRegexp('pagetopic') })],
  ['mail-dev-release-failures', Match.objectLike({ Ref: Match.stringLikeRegexp('informtopic') })],
  ['mail-dev-invoke-model-errors', Match.objectLike({ Ref: Match.stringLikeRegexp('informtopic') })],
  ['mail-dev-serving-undelivered', Match.objectLike({ Ref: Match.stringLikeRegexp('informtopic') })],
])('the alarm %s tells whom it concerns', (AlarmName, topic) => {
  serving.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName,
    AlarmActions: [topic],
    OKActions: [topic],
    TreatMissingData: 'notBreaching',
  });
});

test('the outputs are those that delivery and the rehearsal read', () => {
  expect(Object.keys(serving.findOutputs('*')).sort()).toEqual([
    'ApiId',
    'ApiUrl',
    'EndpointName',
    'ReleaseStateMachineArn',
  ]);
});

test('the stacks of a project need the platform and nothing of each other', () => {
  for (const { stackName, dependencies } of assembly.stacks) {
    const needed = dependencies.map(({ id }) => id).filter((id) => !id.endsWith('.assets'));
    expect([stackName, needed]).toEqual([
      stackName,
      /-(platform|delivery)$/.test(stackName) ? [] : [`${stackName.split('-')[1]}-platform`],
    ]);
  }
});

test('no stack exports, imports, nests or looks anything up, and none brings a custom resource', () => {
  for (const { template } of assembly.stacks) {
    const text = JSON.stringify(template);
    expect(text).not.toContain('Fn::ImportValue');
    expect(text).not.toContain('"Export"');
    expect(text).not.toContain('AWS::CloudFormation::');
    expect(text).not.toContain('Custom::');
  }
  expect(assembly.manifest.missing).toBeUndefined();
});

test.each([
  ['platform', /^dev-platform$/, 32],
  ['project', /^mail-dev-/, 125],
])('a %s in one environment stays small', (_, stacks, most) => {
  const resources = assembly.stacks
    .filter(({ stackName }) => stacks.test(stackName))
    .map(({ template }) => Object.keys(template.Resources).length);

  expect(resources.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(most);
});
