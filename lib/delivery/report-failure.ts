import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ReportFailureEnv } from '../../lambda/report-failure/contract';
import { HandlerFunction } from '../constructs/handler-function';
import { allowKey } from '../constructs/key-access';
import { allow } from '../constructs/permissions';

export interface ReportFailureProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly pipelineName: string;

  /** CodeBuild projects of the pipeline, whose logs it reads. */
  readonly buildProjects: readonly string[];
  readonly topicArn: string;
  readonly keyAlias: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Tells the owner which action of the pipeline failed, with the last lines of its log.
 *
 *     action fails → rule → this function → execution, build, log → owner's topic
 */
export class ReportFailure extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ReportFailureProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const environment: ReportFailureEnv = { PIPELINE: props.pipelineName, OWNER_TOPIC_ARN: props.topicArn };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Tells the owner why ${props.pipelineName} failed`,
      handlers: props.handlers,
      handler: 'report-failure',
      environment: { ...environment },
      deadLetterQueue: props.deadLetterQueue,
    });
    this.function = handler.function;

    allow(
      handler.role,
      {
        actions: ['codepipeline:ListActionExecutions'],
        resources: [stack.formatArn({ service: 'codepipeline', resource: props.pipelineName })],
      },
      {
        actions: ['codebuild:BatchGetBuilds'],
        resources: props.buildProjects.map((name) =>
          stack.formatArn({ service: 'codebuild', resource: 'project', resourceName: name }),
        ),
      },
      {
        actions: ['logs:GetLogEvents'],
        resources: props.buildProjects.map((name) =>
          stack.formatArn({ service: 'logs', resource: `log-group:/aws/codebuild/${name}:log-stream:*` }),
        ),
        because: 'CodeBuild names a log stream after a build, within the log group of the project',
      },
      { actions: ['sns:Publish'], resources: [props.topicArn] },
    );
    allowKey(handler.role, props.keyAlias);

    new events.Rule(this, 'Failed', {
      description: `An action of ${props.pipelineName} failed`,
      eventPattern: {
        source: ['aws.codepipeline'],
        detailType: ['CodePipeline Action Execution State Change'],
        detail: { pipeline: [props.pipelineName], state: ['FAILED'] },
      },
      targets: [
        new targets.LambdaFunction(this.function, {
          deadLetterQueue: props.deadLetterQueue,
          retryAttempts: 3,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
  }
}
