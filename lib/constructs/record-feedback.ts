import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RecordFeedbackEnv } from '../../lambda/record-feedback/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey, keyArnOf } from './key-access';
import { allow } from './permissions';

export interface RecordFeedbackProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly inferencesTable: string;
  readonly recordsBucket: string;
  readonly keyAlias: string;
  readonly targets: readonly string[];
}

/** Keeps a caller's correction as ground truth, where the monitor and the next training find it. */
export class RecordFeedback extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: RecordFeedbackProps) {
    super(scope, id);
    const arns = arnsOf(this);

    const environment: RecordFeedbackEnv = {
      INFERENCES_TABLE: props.inferencesTable,
      RECORDS_BUCKET: props.recordsBucket,
      KEY_ARN: keyArnOf(this, props.keyAlias),
      TARGETS: props.targets.join(','),
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Records corrections as ground truth in ${props.recordsBucket}`,
      handlers: props.handlers,
      handler: 'record-feedback',
      environment: { ...environment },
      // API Gateway gives up after 29 s.
      timeout: Duration.seconds(29),
    });
    this.function = handler.function;

    allow(
      handler.role,
      {
        actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        resources: [arns.table(props.inferencesTable)],
      },
      {
        actions: ['s3:PutObject'],
        resources: [arns.objects(props.recordsBucket, 'feedback/')],
        because: 'an object is named by the hour and the id of the answer',
      },
    );
    allowKey(handler.role, props.keyAlias);
  }
}
