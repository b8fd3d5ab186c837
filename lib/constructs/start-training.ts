import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StartTrainingEnv } from '../../lambda/start-training/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey } from './key-access';
import { allow } from './permissions';

export interface StartTrainingProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly pipelineName: string;
  readonly modelPackageGroup: string;
  readonly artifactsBucket: string;
  readonly recordsBucket: string;
  readonly stateTable: string;
  readonly ownerTopic: string;
  readonly keyAlias: string;
  readonly serveImage: string;
  readonly definitionHash: string;

  /** Reasons, besides `manual`, that may start a training. */
  readonly retrainOn: readonly string[];
  readonly cooldownHours: number;
  readonly minNewRows: number;
  readonly deadLetterQueue: sqs.IQueue;
}

/**
 * The start function: whoever wants a training asks it, and it decides whether there is anything new to learn.
 *
 *     merge, schedule, alarm, person → start function → data version → SageMaker pipeline
 */
export class StartTraining extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: StartTrainingProps) {
    super(scope, id);
    const arns = arnsOf(this);
    const topicArn = arns.topic(props.ownerTopic);

    const environment: StartTrainingEnv = {
      PIPELINE_NAME: props.pipelineName,
      MODEL_PACKAGE_GROUP: props.modelPackageGroup,
      ARTIFACTS_BUCKET: props.artifactsBucket,
      RECORDS_BUCKET: props.recordsBucket,
      STATE_TABLE: props.stateTable,
      OWNER_TOPIC_ARN: topicArn,
      SERVE_IMAGE: props.serveImage,
      DEFINITION_HASH: props.definitionHash,
      RETRAIN_ON: props.retrainOn.join(','),
      COOLDOWN_HOURS: String(props.cooldownHours),
      MIN_NEW_ROWS: String(props.minNewRows),
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Starts the training pipeline ${props.pipelineName} when there is something new to learn`,
      handlers: props.handlers,
      handler: 'start-training',
      environment: { ...environment },
      timeout: Duration.minutes(5),
      deadLetterQueue: props.deadLetterQueue,
    });
    this.function = handler.function;

    allow(
      handler.role,
      {
        actions: ['sagemaker:StartPipelineExecution'],
        resources: [arns.sagemaker('pipeline', props.pipelineName)],
      },
      {
        actions: ['sagemaker:DescribePipelineExecution'],
        resources: [arns.sagemaker('pipeline', `${props.pipelineName}/execution/*`)],
        because: 'the last start may be any execution of this one pipeline',
      },
      {
        actions: ['sagemaker:DescribeModelPackage'],
        resources: [arns.sagemaker('model-package', `${props.modelPackageGroup}/*`)],
        because: 'the champion may be any version of this one group',
      },
      { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [arns.table(props.stateTable)] },
      { actions: ['sns:Publish'], resources: [topicArn] },
      {
        actions: ['s3:ListBucket'],
        resources: [arns.bucket(props.artifactsBucket), arns.bucket(props.recordsBucket)],
      },
      {
        actions: ['s3:GetObject'],
        resources: [
          arns.objects(props.artifactsBucket, 'data/'),
          arns.objects(props.recordsBucket, 'labelled/'),
        ],
        because: 'data versions and labelled rows are objects that come every day',
      },
      {
        actions: ['s3:PutObject'],
        resources: [
          arns.objects(props.artifactsBucket, 'data/labelled/'),
          arns.objects(props.artifactsBucket, 'data/versions/'),
          arns.objects(props.artifactsBucket, 'champion/none/'),
        ],
        because: 'data versions are named by their content, which is not known before',
      },
    );
    allowKey(handler.role, props.keyAlias);
  }
}
