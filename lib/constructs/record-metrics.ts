import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RecordMetricsEnv } from '../../lambda/record-metrics/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey } from './key-access';
import { allow } from './permissions';

export interface RecordMetricsProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly project: string;
  readonly environment: string;

  /** Start of the monitoring jobs' names. */
  readonly jobPrefix: string;
  readonly stateTable: string;
  readonly artifactsBucket: string;
  readonly ownerTopic: string;
  readonly keyAlias: string;
  readonly metricNamespace: string;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * Turns the report of a monitoring job into metrics. The job itself is isolated and calls nothing.
 *
 *     job ends → rule → this function → report.json → CloudWatch metrics
 */
export class RecordMetrics extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: RecordMetricsProps) {
    super(scope, id);
    const arns = arnsOf(this);
    const topicArn = arns.topic(props.ownerTopic);

    const environment: RecordMetricsEnv = {
      PROJECT: props.project,
      ENVIRONMENT: props.environment,
      STATE_TABLE: props.stateTable,
      ARTIFACTS_BUCKET: props.artifactsBucket,
      METRIC_NAMESPACE: props.metricNamespace,
      OWNER_TOPIC_ARN: topicArn,
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: 'Turns the report of a monitoring job into metrics',
      handlers: props.handlers,
      handler: 'record-metrics',
      environment: { ...environment },
      // Below the 50 s for which a delivery claims a job: a claim outlives whoever holds it.
      timeout: Duration.seconds(45),
      deadLetterQueue: props.deadLetterQueue,
    });
    this.function = handler.function;

    allow(
      handler.role,
      {
        actions: ['s3:GetObject'],
        resources: [arns.objects(props.artifactsBucket, 'monitor/')],
        because: 'a report lies below the name of its job',
      },
      // Without it a report that is not there is "access denied" and not "no such key".
      { actions: ['s3:ListBucket'], resources: [arns.bucket(props.artifactsBucket)] },
      { actions: ['dynamodb:UpdateItem'], resources: [arns.table(props.stateTable)] },
      { actions: ['sns:Publish'], resources: [topicArn] },
      {
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': props.metricNamespace } },
        because: 'the action has no resource; the condition leaves one namespace',
      },
    );
    allowKey(handler.role, props.keyAlias);
    this.listen(props);
  }

  private listen(props: RecordMetricsProps): void {
    new events.Rule(this, 'JobEnded', {
      description: `A monitoring job ${props.jobPrefix}… ended`,
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Processing Job State Change'],
        detail: {
          ProcessingJobName: [{ prefix: props.jobPrefix }],
          ProcessingJobStatus: ['Completed', 'Failed', 'Stopped'],
        },
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
