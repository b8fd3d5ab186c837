import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { InvokeModelEnv } from '../../lambda/invoke-model/contract';
import { arnsOf } from './arns';
import { HandlerFunction } from './handler-function';
import { allowKey } from './key-access';
import { allow } from './permissions';

export interface InvokeModelProps {
  readonly functionName: string;
  readonly handlers: string;
  readonly endpointName: string;
  readonly stateTable: string;
  readonly inferencesTable: string;
  readonly keyAlias: string;
  readonly fields: readonly string[];
  readonly targets: readonly string[];

  /** Days that a correction may follow an answer. */
  readonly keepDays: number;
}

/** Asks the model on a caller's behalf, and remembers the answer's id. */
export class InvokeModel extends Construct {
  public readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: InvokeModelProps) {
    super(scope, id);
    const arns = arnsOf(this);

    const environment: InvokeModelEnv = {
      ENDPOINT_NAME: props.endpointName,
      STATE_TABLE: props.stateTable,
      INFERENCES_TABLE: props.inferencesTable,
      FIELDS: props.fields.join(','),
      TARGETS: props.targets.join(','),
      KEEP_DAYS: String(props.keepDays),
    };
    const handler = new HandlerFunction(this, 'Handler', {
      functionName: props.functionName,
      description: `Answers requests by the endpoint ${props.endpointName}`,
      handlers: props.handlers,
      handler: 'invoke-model',
      environment: { ...environment },
      // API Gateway gives up after 29 s.
      timeout: Duration.seconds(29),
      // CPU comes with memory, and a cold start is a caller's wait.
      memorySize: 1024,
    });
    this.function = handler.function;

    allow(
      handler.role,
      {
        actions: ['sagemaker:InvokeEndpoint'],
        resources: [arns.sagemaker('endpoint', props.endpointName)],
      },
      { actions: ['dynamodb:GetItem'], resources: [arns.table(props.stateTable)] },
      { actions: ['dynamodb:BatchWriteItem'], resources: [arns.table(props.inferencesTable)] },
    );
    allowKey(handler.role, props.keyAlias);
  }
}
