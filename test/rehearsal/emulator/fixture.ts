import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const STACK = 'tiny-dev-everything';

const arn = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;
export const ARN = {
  function: arn('lambda', 'function:tiny-dev-function'),
  forbidden: arn('lambda', 'function:tiny-dev-forbidden'),
  machine: arn('states', 'stateMachine:tiny-dev-machine'),
  role: (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  queue: (name: string) => arn('sqs', name),
};

/** Writes an assembly of one stack, as small as can be, by hand: no construct library, no assets, no bootstrap. */
export function writeAssembly(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const artifact = {
    type: 'aws:cloudformation:stack',
    environment: `aws://${ACCOUNT}/${REGION}`,
    properties: { templateFile: 'template.json' },
    displayName: STACK,
  };
  const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value));
  write('manifest.json', { version: '55.0.0', artifacts: { [STACK]: artifact } });
  write('cdk.out', { version: '55.0.0' });
  write('template.json', template);
  return folder;
}

const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});

const role = (name: string, service: string, ...Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: name,
    AssumeRolePolicyDocument: trust(service),
    Policies: Statement.length
      ? [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }]
      : [],
  },
});

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const lambda = (name: string, roleName: string) => ({
  Type: 'AWS::Lambda::Function',
  DependsOn: ['FunctionRole'],
  Properties: {
    FunctionName: name,
    Role: ARN.role(roleName),
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Timeout: 10,
    Environment: { Variables: { QUEUE: { Ref: 'Seen' } } },
    Code: {
      // Tells what it was given, under its own role.
      ZipFile: `const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
        exports.handler = (event) => new SQSClient({}).send(new SendMessageCommand({
          QueueUrl: process.env.QUEUE, MessageBody: JSON.stringify(event) }));`,
    },
  },
});

const rule = (name: string, detailType: string, source: string, ...Targets: object[]) => ({
  Type: 'AWS::Events::Rule',
  Properties: { Name: name, EventPattern: { source: [source], 'detail-type': [detailType] }, Targets },
});

const fromRules = (Resource: string) => ({
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource,
  Condition: { ArnLike: { 'aws:SourceArn': arn('events', 'rule/*') } },
});

const SAGEMAKER = 'aws.sagemaker';
const dead = {
  DeadLetterConfig: { Arn: ARN.queue('tiny-dev-dead') },
  RetryPolicy: { MaximumRetryAttempts: 1 },
};

const template = {
  Resources: {
    Group: {
      Type: 'AWS::SageMaker::ModelPackageGroup',
      Properties: { ModelPackageGroupName: 'tiny-dev', Tags: [{ Key: 'project', Value: 'tiny' }] },
    },
    Seen: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'tiny-dev-seen' } },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'tiny-dev-dead' } },
    Rung: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'tiny-dev-rung' } },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Dead' }, { Ref: 'Rung' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            fromRules(ARN.queue('tiny-dev-dead')),
            fromRules(ARN.queue('tiny-dev-rung')),
            {
              Effect: 'Allow',
              Principal: '*',
              Action: 'sqs:SendMessage',
              Resource: ARN.queue('tiny-dev-rung'),
            },
          ],
        },
      },
    },
    FunctionRole: role(
      'tiny-dev-function',
      'lambda.amazonaws.com',
      allow('sqs:SendMessage', ARN.queue('tiny-dev-seen')),
    ),
    Function: lambda('tiny-dev-function', 'tiny-dev-function'),
    Forbidden: lambda('tiny-dev-forbidden', 'tiny-dev-function'),
    Permission: {
      Type: 'AWS::Lambda::Permission',
      DependsOn: ['Function'],
      Properties: {
        FunctionName: 'tiny-dev-function',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: arn('events', 'rule/tiny-dev-to-function'),
      },
    },
    MachineRole: role(
      'tiny-dev-machine',
      'states.amazonaws.com',
      allow('lambda:InvokeFunction', ARN.function),
    ),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      DependsOn: ['MachineRole'],
      Properties: {
        StateMachineName: 'tiny-dev-machine',
        RoleArn: ARN.role('tiny-dev-machine'),
        DefinitionString: JSON.stringify({
          StartAt: 'Tell',
          States: {
            Tell: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Parameters: { FunctionName: ARN.function, 'Payload.$': '$' },
              End: true,
            },
          },
        }),
      },
    },
    StarterRole: role(
      'tiny-dev-starter',
      'events.amazonaws.com',
      allow('states:StartExecution', ARN.machine),
    ),
    IdleRole: role('tiny-dev-idle', 'events.amazonaws.com', allow('states:ListExecutions', '*')),
    JobRole: role(
      'tiny-dev-job',
      'sagemaker.amazonaws.com',
      allow('sagemaker:CreateModel', '*'),
      allow('iam:PassRole', ARN.role('tiny-dev-job'), {
        StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
      }),
      allow('kms:Decrypt', '*', { StringEquals: { 'kms:ViaService': `s3.${REGION}.amazonaws.com` } }),
    ),
    ToFunction: rule('tiny-dev-to-function', 'Approved', SAGEMAKER, {
      Id: 'function',
      Arn: ARN.function,
      InputTransformer: {
        InputPathsMap: { v: '$.detail.Version' },
        InputTemplate: '{"reason":"approval","version":<v>}',
      },
      ...dead,
    }),
    ToForbidden: rule('tiny-dev-to-forbidden', 'Forbidden', SAGEMAKER, {
      Id: 'f',
      Arn: ARN.forbidden,
      ...dead,
    }),
    ToMachine: rule(
      'tiny-dev-to-machine',
      'Released',
      SAGEMAKER,
      { Id: 'may', Arn: ARN.machine, RoleArn: ARN.role('tiny-dev-starter'), InputPath: '$.detail' },
      { Id: 'may-not', Arn: ARN.machine, RoleArn: ARN.role('tiny-dev-idle') },
    ),
    OnAlarm: rule('tiny-dev-on-alarm', 'CloudWatch Alarm State Change', 'aws.cloudwatch', {
      Id: 'rung',
      Arn: ARN.queue('tiny-dev-rung'),
      InputPath: '$.detail.state.value',
    }),
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: {
        TopicName: 'tiny-dev-owner',
        Subscription: [{ Protocol: 'sqs', Endpoint: ARN.queue('tiny-dev-rung') }],
      },
    },
    Drift: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'tiny-dev-drift',
        Namespace: 'MLOps',
        MetricName: 'DriftScore',
        Dimensions: [{ Name: 'Project', Value: 'tiny' }],
        Statistic: 'Maximum',
        Period: 3600,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [{ Ref: 'Topic' }],
      },
    },
  },
  Outputs: {
    GroupArn: { Value: { Ref: 'Group' } },
    GroupStatus: { Value: { 'Fn::GetAtt': ['Group', 'ModelPackageGroupStatus'] } },
    DriftAlarm: { Value: { Ref: 'Drift' } },
  },
};

/** Answers the three operations of a model package group, and keeps what it was asked. */
export async function fakeSageMaker() {
  const asked: Array<{ operation: string; input: unknown }> = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      asked.push({ operation: String(request.headers['x-amz-target']), input: JSON.parse(text) });
      const ModelPackageGroupArn = arn('sagemaker', 'model-package-group/tiny-dev');
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(
        JSON.stringify({ ModelPackageGroupArn, ModelPackageGroupStatus: 'Completed', CreationTime: 1 }),
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked, stop };
}
