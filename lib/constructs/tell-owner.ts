import { Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { TellOwnerEnv } from '../../lambda/tell-owner/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey } from './key-access';
import { allow } from './permissions';

export interface TellOwnerProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly project: string;
  readonly environment: string;
  readonly pipelineName: string;
  readonly modelPackageGroup: string;
  readonly releaseMachine: string;
  readonly artifactsBucket: string;
  readonly stateTable: string;
  readonly ownerTopic: string;
  readonly keyAlias: string;

  /** Who approves models: only a person is told of what waits. */
  readonly approval: 'auto' | 'person';
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Writes to the owner what became of a model: it waits for a person, was refused by its gate, is in service or is not.
 *
 *     registry, pipeline, release machine → rules → this function → owner's topic
 */
export class TellOwner extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: TellOwnerProps) {
    super(scope, id);
    const arns = arnsOf(this);
    const environment: TellOwnerEnv = {
      PROJECT: props.project,
      ENVIRONMENT: props.environment,
      STATE_TABLE: props.stateTable,
      ARTIFACTS_BUCKET: props.artifactsBucket,
      OWNER_TOPIC_ARN: arns.topic(props.ownerTopic),
      APPROVAL: props.approval,
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Writes to the owner what became of the models of ${props.modelPackageGroup}`,
      handlers: props.handlers,
      handler: 'tell-owner',
      environment: { ...environment },
      // Below the 50 s for which a delivery claims a notice: a claim outlives whoever holds it.
      timeout: Duration.seconds(45),
      deadLetterQueue: props.deadLetterQueue,
    });
    this.function = handler.function;
    allow(
      handler.role,
      {
        actions: ['sagemaker:DescribeModelPackage'],
        resources: [arns.sagemaker('model-package', `${props.modelPackageGroup}/*`)],
        because: 'a package is numbered when it is made, within this one group',
      },
      {
        actions: ['sagemaker:ListPipelineExecutionSteps', 'sagemaker:ListPipelineParametersForExecution'],
        resources: [arns.sagemaker('pipeline', `${props.pipelineName}/execution/*`)],
        because: 'any execution of this one pipeline may fail',
      },
      {
        actions: ['states:DescribeExecution'],
        resources: [arns.executions(props.releaseMachine)],
        because: 'any run of this one state machine may end without success',
      },
      {
        actions: ['s3:GetObject'],
        resources: [arns.objects(props.artifactsBucket, 'runs/')],
        because: 'an evaluation lies below the id of its execution',
      },
      { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [arns.table(props.stateTable)] },
      { actions: ['sns:Publish'], resources: [environment.OWNER_TOPIC_ARN] },
    );
    allowKey(handler.role, props.keyAlias);
    this.listen(props);
  }

  private listen({ modelPackageGroup, pipelineName, releaseMachine, deadLetterQueue }: TellOwnerProps): void {
    const on = (id: string, description: string, eventPattern: events.EventPattern) =>
      new events.Rule(this, id, {
        description,
        eventPattern,
        targets: [
          new targets.LambdaFunction(this.function, {
            deadLetterQueue,
            retryAttempts: 3,
            maxEventAge: Duration.hours(2),
          }),
        ],
      });
    on('Model', `A model of ${modelPackageGroup} waits, or was approved or rejected`, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Package State Change'],
      detail: { ModelPackageGroupName: [modelPackageGroup] },
    });
    on('Training', `An execution of ${pipelineName} ended without a model`, {
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Building Pipeline Execution Status Change'],
      detail: {
        pipelineArn: [arnsOf(this).sagemaker('pipeline', pipelineName)],
        currentPipelineExecutionStatus: ['Failed', 'Stopped'],
      },
    });
    on('Release', `A run of ${releaseMachine} ended`, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [
          Stack.of(this).formatArn({ service: 'states', resource: `stateMachine:${releaseMachine}` }),
        ],
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
  }
}
